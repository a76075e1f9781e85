/**
 * What `checkout.razorpay.com/v1/checkout.js` offers a merchant's page: `new Razorpay(options).open()`. It
 * frames the sandbox's pay page and reports through `handler`, `callback_url` with `redirect`,
 * `modal.ondismiss` and `on('payment.failed')` (Razorpay docs, Web Standard Checkout). Plain ES5, because it
 * runs in any payer's browser.
 */
export const CHECKOUT_SCRIPT = `(function () {
  'use strict'
  var origin = new URL(document.currentScript.src).origin

  function Razorpay(options) {
    if (!(this instanceof Razorpay)) return new Razorpay(options)
    this.options = options || {}
    this.listeners = {}
  }

  Razorpay.prototype.on = function (name, listener) {
    this.listeners[name] = (this.listeners[name] || []).concat(listener)
  }

  Razorpay.prototype.open = function () {
    if (this.frame) return
    var options = this.options
    var query = new URLSearchParams()
    var plain = ['key', 'order_id', 'subscription_id', 'amount', 'currency', 'name', 'description']
    plain.forEach(function (name) {
      if (options[name] !== undefined) query.set(name, String(options[name]))
    })
    ;['prefill', 'notes'].forEach(function (group) {
      Object.keys(options[group] || {}).forEach(function (name) {
        query.set(group + '[' + name + ']', String(options[group][name]))
      })
    })
    query.set('origin', location.origin)
    var frame = document.createElement('iframe')
    frame.className = 'razorpay-checkout-frame'
    frame.title = 'Razorpay Checkout'
    frame.style.cssText =
      'position:fixed;inset:0;width:100%;height:100%;border:0;z-index:2147483647;background:rgba(0,0,0,.6)'
    frame.src = origin + '/v1/checkout/public?' + query
    this.frame = frame
    this.receive = this.onMessage.bind(this)
    window.addEventListener('message', this.receive)
    document.body.appendChild(frame)
  }

  Razorpay.prototype.close = function () {
    if (!this.frame) return
    window.removeEventListener('message', this.receive)
    this.frame.remove()
    this.frame = null
  }

  Razorpay.prototype.onMessage = function (event) {
    if (!this.frame || event.origin !== origin || event.source !== this.frame.contentWindow) return
    var data = event.data || {}
    var options = this.options
    var redirect = options.callback_url && options.redirect
    if (data.kind === 'dismiss') {
      this.close()
      if (options.modal && options.modal.ondismiss) options.modal.ondismiss()
    } else if (data.kind === 'success') {
      this.close()
      if (redirect) post(options.callback_url, data.fields)
      else if (options.handler) options.handler(data.fields)
    } else if (data.kind === 'failed') {
      ;(this.listeners['payment.failed'] || []).forEach(function (listener) {
        listener({ error: data.error })
      })
      if (redirect) {
        this.close()
        post(options.callback_url, data.fields)
      }
    }
  }

  function post(url, fields) {
    var form = document.createElement('form')
    form.method = 'POST'
    form.action = url
    Object.keys(fields).forEach(function (name) {
      var input = document.createElement('input')
      input.type = 'hidden'
      input.name = name
      input.value = fields[name]
      form.appendChild(input)
    })
    document.body.appendChild(form)
    form.submit()
  }

  window.Razorpay = Razorpay
})()
`
