{{- define "heddle.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 52 | trimSuffix "-" }}
{{- end }}

{{/* 52 characters at most: a stateful set adds a hash to them for its pods' label. */}}
{{- define "heddle.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" }}
{{- else if contains (include "heddle.name" .) .Release.Name }}
{{- .Release.Name | trunc 52 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "heddle.name" .) | trunc 52 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "heddle.selector" -}}
app.kubernetes.io/name: {{ include "heddle.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: server
{{- end }}

{{- define "heddle.labels" -}}
{{ include "heddle.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "heddle.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "heddle.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "heddle.image" -}}
{{- $image := .Values.accelerator.enabled | ternary .Values.accelerator.image .Values.image }}
{{- printf "%s:%s" $image.repository (default .Chart.AppVersion $image.tag) }}
{{- end }}

{{- define "heddle.scheme" -}}
{{- empty .Values.tls.secret | ternary "HTTP" "HTTPS" }}
{{- end }}

{{/* Where the volume with the model is mounted. */}}
{{- define "heddle.given" -}}
{{- printf "/model/%s" .Values.model.path | trimSuffix "/" }}
{{- end }}

{{/* Where the server finds the model. */}}
{{- define "heddle.model" -}}
{{- if eq .Values.model.fetch.from "none" }}
{{- include "heddle.given" . }}
{{- else if eq .Values.model.fetch.from "s3" }}
{{- printf "/data/models/%s" (base (trimSuffix "/" .Values.model.fetch.s3.source)) }}
{{- else }}
{{- printf "/data/models/%s" (default "model" (base .Values.model.path | trimPrefix ".")) }}
{{- end }}
{{- end }}

{{/* Whether there is, or may be, more than one pod. */}}
{{- define "heddle.several" -}}
{{- gt (int (.Values.autoscaling.enabled | ternary .Values.autoscaling.maxReplicas .Values.replicas)) 1 }}
{{- end }}

{{/* What cannot be told by the schema alone: values that need each other. */}}
{{- define "heddle.check" -}}
{{- $faults := list }}
{{- if not .Values.database.url }}
{{- $faults = append $faults "database.url is not given: the chart starts no PostgreSQL of its own" }}
{{- end }}
{{- if not .Values.database.passwordSecret.name }}
{{- $faults = append $faults "database.passwordSecret.name is not given" }}
{{- end }}
{{- if and (ne .Values.model.fetch.from "s3") (empty .Values.model.volume) }}
{{- $faults = append $faults "model.volume is not given: it has the base model" }}
{{- end }}
{{- if and (eq .Values.model.fetch.from "s3") (not .Values.model.fetch.s3.source) }}
{{- $faults = append $faults "model.fetch.s3.source is not given" }}
{{- end }}
{{- if eq (include "heddle.several" .) "true" }}
{{- if not .Values.store.s3.bucket }}
{{- $faults = append $faults "store.s3.bucket is not given: several replicas share their experts" }}
{{- end }}
{{- if not .Values.adminKeySecret.name }}
{{- $faults = append $faults "adminKeySecret.name is not given: which of several replicas makes the key cannot be told" }}
{{- end }}
{{- if .Values.data.existingClaim }}
{{- $faults = append $faults "data.existingClaim is given: each of several replicas has a volume of its own" }}
{{- end }}
{{- end }}
{{- if gt (int .Values.autoscaling.minReplicas) (int .Values.autoscaling.maxReplicas) }}
{{- $faults = append $faults "autoscaling.minReplicas is more than autoscaling.maxReplicas" }}
{{- end }}
{{- if $faults }}
{{- fail (join "; " $faults) }}
{{- end }}
{{- end }}

{{/* Two variables with the parts of a key for S3, if a Secret is named. */}}
{{- define "heddle.s3key" -}}
{{- if .secret.name }}
- name: {{ .prefix }}_ACCESS_KEY
  valueFrom:
    secretKeyRef: {name: {{ .secret.name }}, key: {{ .secret.accessKey }}}
- name: {{ .prefix }}_SECRET_KEY
  valueFrom:
    secretKeyRef: {name: {{ .secret.name }}, key: {{ .secret.secretKey }}}
{{- end }}
{{- end }}

{{- define "heddle.env" -}}
- name: HEDDLE_HOST
  value: 0.0.0.0
- name: HEDDLE_PORT
  value: "8080"
- name: HEDDLE_DATA
  value: /data/heddle
- name: HEDDLE_MODEL
  value: {{ include "heddle.model" . }}
{{- with .Values.model.name }}
- name: HEDDLE_MODEL_NAME
  value: {{ . | quote }}
{{- end }}
{{- with .Values.memory }}
- name: HEDDLE_MEMORY
  value: {{ . | quote }}
{{- end }}
- name: HEDDLE_REPLICA_NAME
  valueFrom:
    fieldRef: {fieldPath: metadata.name}
# Where other pods reach this one.
- name: HEDDLE_REPLICA_ADDRESS
  value: {{ include "heddle.scheme" . | lower }}://$(HEDDLE_REPLICA_NAME).{{ include "heddle.fullname" . }}-pods.{{ .Release.Namespace }}.svc:8080
- name: HEDDLE_REPLICA_FORWARDING
  value: {{ .Values.forwarding }}
- name: HEDDLE_SERVING_LINGER
  value: {{ .Values.drain.endpointSeconds }}s
- name: HEDDLE_SERVING_DRAIN_WAIT
  value: {{ .Values.drain.answerSeconds }}s
- name: HEDDLE_LOG_FORMAT
  value: {{ .Values.logFormat }}
- name: HEDDLE_DATABASE_URL
  value: {{ .Values.database.url | quote }}
- name: HEDDLE_DATABASE_USER
  value: {{ .Values.database.user | quote }}
- name: HEDDLE_DATABASE_PASSWORD
  valueFrom:
    secretKeyRef: {name: {{ .Values.database.passwordSecret.name }}, key: {{ .Values.database.passwordSecret.key }}}
{{- with .Values.adminKeySecret }}
{{- if .name }}
- name: HEDDLE_BOOTSTRAP_ADMIN_KEY
  valueFrom:
    secretKeyRef: {name: {{ .name }}, key: {{ .key }}}
{{- end }}
{{- end }}
{{- with .Values.sessionSecret }}
{{- if .name }}
- name: HEDDLE_CONSOLE_SESSION_SECRET
  valueFrom:
    secretKeyRef: {name: {{ .name }}, key: {{ .key }}}
{{- end }}
{{- end }}
{{- with .Values.store.s3 }}
{{- if .bucket }}
- name: HEDDLE_STORE_S3_BUCKET
  value: {{ .bucket | quote }}
{{- if .prefix }}
- name: HEDDLE_STORE_S3_PREFIX
  value: {{ .prefix | quote }}
{{- end }}
{{- if .endpoint }}
- name: HEDDLE_STORE_S3_ENDPOINT
  value: {{ .endpoint | quote }}
{{- end }}
- name: HEDDLE_STORE_S3_REGION
  value: {{ .region | quote }}
- name: HEDDLE_STORE_S3_CACHE
  value: {{ .cache | quote }}
{{- include "heddle.s3key" (dict "prefix" "HEDDLE_STORE_S3" "secret" .secret) }}
{{- end }}
{{- end }}
{{- if .Values.tls.secret }}
- name: SERVER_SSL_BUNDLE
  value: heddle
- name: SPRING_SSL_BUNDLE_PEM_HEDDLE_KEYSTORE_CERTIFICATE
  value: file:/tls/tls.crt
- name: SPRING_SSL_BUNDLE_PEM_HEDDLE_KEYSTORE_PRIVATEKEY
  value: file:/tls/tls.key
- name: SPRING_SSL_BUNDLE_PEM_HEDDLE_RELOADONUPDATE
  value: "true"
{{- end }}
{{- range $name, $value := .Values.settings }}
- name: HEDDLE_{{ $name | upper | replace "." "_" | replace "-" "_" }}
  value: {{ $value | quote }}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}
