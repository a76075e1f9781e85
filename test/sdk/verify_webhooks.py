"""Verifies deliveries with the official library: one JSON object per line in, one word per line out."""
import json
import sys

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

for line in sys.stdin:
    given = json.loads(line)
    try:
        Webhook(given["secret"]).verify(given["body"], given["headers"])
        print("verified")
    except WebhookVerificationError as error:
        print(f"refused: {error}")
