"""What deploy/components/tls does to the base, as what `tls.enabled` does in the chart: the two must come to the same (secured.py)."""

import re

CA = "/app/tls/ca.crt"


def when(block, indent=""):
    """Lines that are there with TLS."""
    return f"{{{{- if .Values.tls.enabled }}}}\n{block}{{{{- end }}}}\n"


def lines(indent, text):
    return "".join(f"{' ' * indent}{line}\n" for line in text.strip("\n").split("\n"))


def certificates(text):
    """The component's certificates, in the chart."""
    text = text.replace("    name: nephoran\n", "    name: {{ .Values.tls.issuer }}\n")
    return when(text.replace("nephoran-system", "{{ .Release.Namespace }}"))


def optional(text):
    text = "\n---\n".join(document(d) for d in text.split("\n---\n"))
    return text.replace('"http://', '"{{ ternary "https" "http" .Values.tls.enabled }}://')


def document(text):
    kind = re.search(r"(?m)^kind: (\w+)$", text)
    made = {"Deployment": deployment, "CronJob": job, "Ingress": ingress}.get(kind.group(1) if kind else None)
    return made(text) if made else text


def after(text, pattern, block):
    """With `block` behind each place where the pattern is; there must be one."""
    made, count = re.subn(f"(?m){pattern}", lambda m: m.group() + when(block), text)
    if not count:
        raise RuntimeError(f"the chart's TLS has no place: {pattern}")
    return made


def deployment(text):
    name = re.search(r"(?m)^  name: (\S+)$", text).group(1)
    settings = {"TLS_CERT_FILE": "/app/tls/tls.crt", "TLS_KEY_FILE": "/app/tls/tls.key", "TLS_CA_FILE": CA}
    text = after(text, r'^        prometheus\.io/port: "8080"\n', lines(8, "prometheus.io/scheme: https"))
    text = after(text, r"^          env:\n", "".join(lines(12, f"- name: {key}\n  value: {value}") for key, value in settings.items()))
    text = after(text, r"^              path: /(healthz|readyz)\n", lines(14, "scheme: HTTPS"))
    text = after(text, r"^          volumeMounts:\n", lines(12, "- name: tls\n  mountPath: /app/tls\n  readOnly: true"))
    text = after(text, r"^      volumes:\n", lines(8, f"- name: tls\n  secret:\n    secretName: {name}-listener\n    defaultMode: 0440"))
    plain, secure = "http://127.0.0.1:8080/shutdown", f"--cacert {CA} https://127.0.0.1:8080/shutdown"
    if plain not in text:
        raise RuntimeError(f"{name}: nobody is told to end")
    return text.replace(plain, f"{{{{ if .Values.tls.enabled }}}}{secure}{{{{ else }}}}{plain}{{{{ end }}}}")


def job(text):
    trust = "".join(lines(16, f"- name: {name}\n  value: {CA}") for name in ("CURL_CA_BUNDLE", "NEPHORAN_CA_FILE"))
    authority = "- name: tls\n  secret:\n    secretName: api-gateway-listener\n    defaultMode: 0440\n    items:\n      - key: ca.crt\n        path: ca.crt"
    text = after(text, r"^                  value: http\n", trust)
    text = text.replace("                  value: http\n", '                  value: {{ ternary "https" "http" .Values.tls.enabled }}\n')
    text = after(text, r"^              volumeMounts:\n", lines(16, "- name: tls\n  mountPath: /app/tls\n  readOnly: true"))
    return after(text, r"^          volumes:\n", lines(12, authority))


def ingress(text):
    name = re.search(r"(?m)^  name: (\S+)$", text).group(1)
    place = "nginx.ingress.kubernetes.io"
    notes = {"backend-protocol": "HTTPS", "proxy-ssl-secret": f"{{{{ .Release.Namespace }}}}/{name}-listener", "proxy-ssl-verify": '"on"', "proxy-ssl-name": name}
    return after(text, r"^  annotations:\n", "".join(lines(4, f"{place}/{key}: {value}") for key, value in notes.items()))
