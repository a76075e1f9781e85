import type { HostedCheckout, PaymentHandle, ProviderContext } from '@onerouter/providers'
import type { PaymentRow } from '../store/rows.ts'
import { amountLine, escapeHtml, type Page, renderPage, scriptJson } from './page.ts'

interface Opened {
  readonly hosted: HostedCheckout<object>
  readonly ctx: ProviderContext<object>
  readonly handle: PaymentHandle
  readonly payment: PaymentRow
  /** Paths of ours below the checkout link. */
  readonly verifyUrl: string
  readonly cancelUrl: string
  readonly nonce: string
}

/**
 * Opens a provider's client-side checkout for one payment. What the browser brings back is posted to us and
 * believed only when its signature holds and the provider confirms it.
 */
export function hostedPage(opened: Opened): Page {
  const { hosted, ctx, handle, payment, nonce } = opened
  const options = hosted.options(ctx, handle, {
    description: payment.description,
    customer: payment.customer,
  })
  const script = `
(function () {
  var options = ${scriptJson(options)};
  var form = document.getElementById('result');
  function send(result) {
    Object.keys(result).forEach(function (name) {
      if (typeof result[name] !== 'string') return;
      var input = document.createElement('input');
      input.type = 'hidden'; input.name = name; input.value = result[name];
      form.appendChild(input);
    });
    form.submit();
  }
  options.handler = send;
  options.modal = { ondismiss: function () { document.getElementById('pay').disabled = false; } };
  function open() {
    document.getElementById('pay').disabled = true;
    new Razorpay(options).open();
  }
  document.getElementById('pay').addEventListener('click', open);
  open();
})();`
  return renderPage({
    title: 'Pay',
    nonce,
    origins: hosted.origins(ctx),
    scriptUrl: hosted.scriptUrl(ctx),
    script,
    body: `<h1>Pay</h1>${amountLine(payment)}
<button id="pay" type="button">Pay now</button>
<form id="result" method="post" action="${escapeHtml(opened.verifyUrl)}"></form>
<a class="plain" href="${escapeHtml(opened.cancelUrl)}">Cancel and return</a>
<noscript><p>Paying needs JavaScript.</p></noscript>`,
  })
}
