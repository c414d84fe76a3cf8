"""The REST requests that are answered, as values: a request in, an answer out."""

import base64
import binascii
import json
from dataclasses import dataclass, field
from typing import Callable
from urllib.parse import unquote

from certificates import BadCertificate, DeviceCertificate
from tenant import Tenant, basic_credentials
from trust import AlreadyTrusted, check_upload

HELP = "https://www.cumulocity.com/guides/reference-guide/#error_reporting"


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    authorization: str | None
    content_type: str
    body: bytes

    @property
    def credentials(self) -> tuple[str, str] | None:
        return basic_credentials(self.authorization)

    @property
    def document(self) -> object:
        """The body as JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    content_type: str = "application/json;charset=UTF-8"
    headers: dict[str, str] = field(default_factory=dict)

    @staticmethod
    def json(status: int, document: object) -> "Answer":
        return Answer(status, json.dumps(document).encode())

    @staticmethod
    def error(status: int, error: str, message: str) -> "Answer":
        return Answer.json(status, {"error": error, "message": message, "info": HELP})


def invalid_credentials() -> Answer:
    answer = Answer.error(401, "general/internalError", "Invalid credentials! : Bad credentials")
    return Answer(answer.status, answer.body, headers={"WWW-Authenticate": 'Basic realm="Cumulocity"'})


class API:
    """`trust` takes a certificate, its name and its status, and makes the broker accept it before it returns;
    `enrol` signs a DER request for a device and makes the broker accept the result."""

    def __init__(
        self,
        tenant: Tenant,
        trust: Callable[[DeviceCertificate, str, str], None],
        enrol: Callable[[bytes, str], bytes],
    ):
        self._tenant = tenant
        self._trust = trust
        self._enrol = enrol

    def answer(self, request: Request) -> Answer:
        if request.path.startswith("/.well-known/est/"):
            return self._est(request)
        parts = request.path.partition("?")[0].strip("/").split("/")
        if (request.method, parts) == ("GET", ["tenant", "loginOptions"]):
            return self._login_options()
        if request.method == "GET" and parts[:3] == ["identity", "externalIds", "c8y_Serial"] and len(parts) == 4:
            return self._identity(unquote(parts[3]), request)
        if not self._tenant.accepts(request.credentials):
            return invalid_credentials()
        if (request.method, parts) == ("GET", ["tenant", "currentTenant"]):
            return self._current_tenant()
        if request.method == "POST" and parts[:2] == ["tenant", "tenants"] and parts[3:] == ["trusted-certificates"]:
            return self._upload(parts[2], request)
        return Answer.error(404, "general/notFound", f"There is nothing at {request.path}")

    def _login_options(self) -> Answer:
        """How people can log in; the real cloud tells it to everyone. Its links have the tenant's own domain, whatever domain
        was asked."""
        base = f"https://{self._tenant.host_name}/tenant"
        basic = {
            "self": f"{base}/loginOptions/basic", "id": "basic", "type": "BASIC", "userManagementSource": "INTERNAL",
            "visibleOnLoginPage": True,
        }
        internal = {
            "self": f"{base}/loginOptions/OAUTH2_INTERNAL", "id": "OAUTH2_INTERNAL", "type": "OAUTH2_INTERNAL",
            "grantType": "PASSWORD", "userManagementSource": "INTERNAL", "visibleOnLoginPage": True,
            "initRequest": f"{base}/oauth?tenant_id={self._tenant.name}",
        }
        return Answer.json(200, {"loginOptions": [basic, internal], "self": f"{base}/loginOptions/"})

    def _current_tenant(self) -> Answer:
        host = self._tenant.host_name
        application = {"application": {"id": "1", "name": "administration", "type": "HOSTED"}}
        return Answer.json(200, {
            "allowCreateTenants": False,
            "applications": {"references": [application], "self": f"https://{host}/tenant/tenants/applications"},
            "customProperties": {},
            "domainName": host,
            "name": self._tenant.name,
            "self": f"https://{host}/tenant/currentTenant",
        })

    def _identity(self, device: str, request: Request) -> Answer:
        if not self._tenant.issued((request.authorization or "").removeprefix("Bearer ")):
            return invalid_credentials()
        number = self._tenant.number(device)
        if number is None:
            return Answer.error(404, "identity/Not Found", f"External id not found; external id = ID [type=c8y_Serial, "
                                                           f"value={device}]")
        base = f"https://{self._tenant.host_name}"
        return Answer.json(200, {
            "externalId": device, "type": "c8y_Serial", "self": f"{base}/identity/externalIds/c8y_Serial/{device}",
            "managedObject": {"id": number, "self": f"{base}/inventory/managedObjects/{number}"},
        })

    def _upload(self, tenant: str, request: Request) -> Answer:
        if tenant != self._tenant.name:
            return Answer.error(404, "tenant/notFound", f"Tenant {tenant} does not exist")
        if not request.content_type.startswith("application/json"):
            return Answer.error(415, "general/unsupportedMediaType", f"Not supported: {request.content_type}")
        document = request.document
        problem = _upload_problem(document)
        if problem is not None:
            return Answer.error(422, "tenant/invalidCertificate", problem)
        try:
            certificate = DeviceCertificate.read(document["certInPemFormat"])
            problem = check_upload(certificate)
            if problem is not None:
                raise BadCertificate(problem)
            self._trust(certificate, document["name"], document["status"])
        except BadCertificate as error:
            return Answer.error(422, "tenant/invalidCertificate", str(error))
        except AlreadyTrusted:
            message = f"Trusted certificate with fingerprint {certificate.fingerprint} already exists"
            return Answer.error(409, "tenant/duplicate", message)
        base = f"https://{self._tenant.host_name}/tenant/tenants/{tenant}/trusted-certificates"
        return Answer.json(201, {
            "autoRegistrationEnabled": document["autoRegistrationEnabled"],
            "certInPemFormat": certificate.pem,
            "fingerprint": certificate.fingerprint,
            "issuer": certificate.issuer,
            "name": document["name"],
            "notAfter": certificate.not_after.isoformat(),
            "notBefore": certificate.not_before.isoformat(),
            "self": f"{base}/{certificate.fingerprint}",
            "serialNumber": str(int(certificate.serial, 16)),
            "status": document["status"],
            "subject": certificate.subject,
            "version": 3,
        })

    def _est(self, request: Request) -> Answer:
        operation = request.path.removeprefix("/.well-known/est/")
        if request.method != "POST" or operation not in ("simpleenroll", "simplereenroll"):
            return Answer.error(404, "general/notFound", f"There is nothing at {request.path}")
        credentials = request.credentials
        token = (request.authorization or "").removeprefix("Bearer ")
        if operation == "simpleenroll" and not self._tenant.is_registered(credentials):
            return invalid_credentials()
        if operation == "simplereenroll" and not self._tenant.issued(token):
            return invalid_credentials()
        try:
            der = base64.b64decode(b"".join(request.body.split()), validate=True)
            certificates = self._enrol(der, credentials[0] if credentials else "")
        except (binascii.Error, BadCertificate) as error:
            return Answer.error(400, "general/badRequest", str(error))
        if credentials:
            self._tenant.enrolled(credentials[0])
        headers = {"Content-Transfer-Encoding": "base64"}
        kind = "application/pkcs7-mime; smime-type=certs-only"
        return Answer(200, base64.encodebytes(certificates), kind, headers)


def _upload_problem(document: object) -> str | None:
    """What is wrong with the body of an upload, before the certificate is looked at."""
    if not isinstance(document, dict):
        return "the body is not a JSON object"
    kinds = {"name": str, "certInPemFormat": str, "autoRegistrationEnabled": bool, "status": str}
    for key, kind in kinds.items():
        if not isinstance(document.get(key), kind):
            return f"{key} is missing or of the wrong type"
    if document["status"] not in ("ENABLED", "DISABLED"):
        return "status is neither ENABLED nor DISABLED"
    return None
