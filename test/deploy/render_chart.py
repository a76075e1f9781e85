"""Lints a chart and renders it with Helm's own engine: the chart's folder and JSON values in, JSON out."""

import json
import sys

import helm_python as helm

folder, values = sys.argv[1], json.loads(sys.argv[2])
# Of its three grades, `info` is advice: a chart without an icon, say.
report = helm.lint(folder, values)
findings = [message["error"] for message in report["messages"] if message["severity"] > 1] + report["errors"]
with helm.Chart.load(folder) as chart:
    manifests = chart.render(values, name="shop", namespace="payments")
print(json.dumps({"findings": findings, "manifests": manifests}))
