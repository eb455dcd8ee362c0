"""The services with deploy/components/tls: certificates as it orders them, by an authority made here; every call checks them."""

import re
import ssl
import subprocess
import urllib.request

import manifests
from installation import PROCESSES, Installation

CURVE = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"


class Encrypted(Installation):
    """Names of the cluster lead to 127.0.0.1, which each certificate is good for."""

    def __init__(self, binaries, folder):
        super().__init__(binaries, folder)
        self.documents = manifests.rendered("base+components/tls")
        self.authorities = folder / "pki"
        self.authorities.mkdir()
        self.openssl(f"req -x509 {CURVE} -keyout ca.key -out ca.crt -subj /CN=nephoran-test -days 60")
        for order in [d for d in self.documents if d["kind"] == "Certificate" and d["metadata"]["namespace"] == "nephoran-system"]:
            self.issue(order["spec"])
        context = ssl.create_default_context(cafile=str(self.authorities / "ca.crt"))
        urllib.request.install_opener(urllib.request.build_opener(urllib.request.HTTPSHandler(context=context)))

    def openssl(self, arguments):
        subprocess.run(["openssl", *arguments.split()], cwd=self.authorities, check=True, capture_output=True)

    def issue(self, spec):
        """As cert-manager does: the Secret's three files."""
        name = spec["secretName"]
        names = [f"DNS:{n}" for n in spec["dnsNames"]] + [f"IP:{n}" for n in spec.get("ipAddresses", [])]
        (self.authorities / "extensions").write_text(f"subjectAltName={','.join(names)}\nextendedKeyUsage=serverAuth,clientAuth\n")
        self.openssl(f"req {CURVE} -keyout {name}.key -out request -subj /CN={name}")
        self.openssl(f"x509 -req -in request -CA ca.crt -CAkey ca.key -CAcreateserial -days 90 -extfile extensions -out {name}.crt")

    def url(self, name):
        return super().url(name).replace("http://", "https://")

    def mounted(self, name, text):
        text = re.sub(r"https://([a-z-]+):8080", lambda m: self.url(m.group(1)), text)
        return super().mounted(name, text)

    def environment(self, name):
        variables = super().environment(name)
        for key, source in (("TLS_CERT_FILE", f"{name}-listener.crt"), ("TLS_KEY_FILE", f"{name}-listener.key"), ("TLS_CA_FILE", "ca.crt")):
            with open(variables[key], "w") as file:
                file.write((self.authorities / source).read_text())
        return variables

    def told_to_end(self, name):
        """As the kubelet does before it ends a pod, without its wait; the process' exit status."""
        [workload] = [d for d in self.documents if d["kind"] == "Deployment" and d["metadata"]["name"] == name]
        command = workload["spec"]["template"]["spec"]["containers"][0]["lifecycle"]["preStop"]["exec"]["command"]
        script = self.mounted(name, command[-1]).replace("sleep 15; ", "").replace("127.0.0.1:8080", f"127.0.0.1:{self.ports[name]}")
        subprocess.run([*command[:-1], script], check=True, capture_output=True)
        return self.processes.pop(name).wait(20)


def speaks_plainly(installation):
    """Who answers without TLS."""
    for name in PROCESSES:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{installation.ports[name]}/healthz", timeout=3)
        except OSError:
            continue
        yield name
