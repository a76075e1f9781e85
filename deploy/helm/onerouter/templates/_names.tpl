{{- define "onerouter.labels" -}}
app.kubernetes.io/name: onerouter
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "onerouter.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "onerouter.env" -}}
- { name: ENVIRONMENT, value: production }
- { name: API_HOST, value: 0.0.0.0 }
- { name: API_PORT, value: "8000" }
- { name: ONEROUTER_DATA_DIR, value: /tmp/onerouter }
- { name: PUBLIC_URL, value: {{ required "publicUrl is the https address of the API" .Values.publicUrl | quote }} }
- { name: FRONTEND_URL, value: {{ required "frontendUrl is the https address of the dashboard" .Values.frontendUrl | quote }} }
- { name: TRUSTED_PROXY_HOPS, value: {{ .Values.trustedProxyHops | quote }} }
{{- range $name, $value := .Values.extraEnv }}
- { name: {{ $name }}, value: {{ $value | quote }} }
{{- end }}
{{- end }}

{{- define "onerouter.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{- define "onerouter.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
seccompProfile: { type: RuntimeDefault }
{{- end }}
