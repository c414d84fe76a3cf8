#!/usr/bin/python
# Copyright: tedge maintainers
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

DOCUMENTATION = r"""
module: bootstrap
short_description: Bring a gateway to a stated condition, from the settings to a proven connection
description:
  - Runs C(tedge bootstrap), which prepares, configures, registers, connects and verifies. What is there already is kept, and a run that
    was interrupted is finished.
  - On a gateway whose state holds, nothing is changed, nothing is restarted and nothing is uploaded.
version_added: 1.0.0
author:
  - tedge maintainers (@tedge-swift)
extends_documentation_fragment:
  - thin_edge_swift.gateway.tedge
options:
  cloud:
    description: The cloud, C(c8y), C(az) or C(aws), or C(CLOUD.NAME) for its profile NAME.
    type: str
  profile:
    description: The cloud profile, for a second account, tenant or device on the same cloud.
    type: str
  url:
    description: The address of the cloud, for Cumulocity that of HTTP.
    type: str
  device_id:
    description: Identity of the device in the cloud.
    type: str
  register:
    description:
      - How the cloud comes to know the device.
      - V(c8y-ca) has the authority of the Cumulocity tenant sign the certificate, with O(one_time_password).
      - V(self-signed) creates a self-signed certificate and, for Cumulocity, uploads it as O(user).
      - V(basic) uses a device user and password, for Cumulocity.
      - V(present) expects key and certificate to be there.
    type: str
    choices: [c8y-ca, self-signed, basic, present]
  settings:
    description:
      - Further settings, keys and values.
      - Secrets, such as a PIN, are refused, because the command line is no place for them.
    type: dict
  runs:
    description:
      - Several runs, for several clouds and profiles, each a dictionary as C(tedge bootstrap --save) writes it. They are passed on standard
        input.
      - The dictionaries name secrets only by variables; O(secrets) has their values.
    type: list
    elements: dict
  one_time_password:
    description: The one-time password for V(c8y-ca). It is passed in the environment.
    type: str
  user:
    description: Who uploads the certificate, or the user of the device for V(basic).
    type: str
  password:
    description: The password of O(user). It is passed in the environment.
    type: str
  secrets:
    description: Further variables of the environment with secrets, for O(runs).
    type: dict
  timeout:
    description: How long to wait for a name, the network or a registration, such as V(5m).
    type: str
  wait:
    description: Whether to wait for a registration that is not there yet. If not, everything is tried once, and there is no O(timeout).
    type: bool
    default: true
  offline:
    description: Configure without the network. A later run finishes.
    type: bool
    default: false
  re_register:
    description: Remove certificate and credentials first. It changes the gateway each time.
    type: bool
    default: false
  clean:
    description: With O(re_register=true), remove the settings of the connection, too.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: The gateway is connected to Cumulocity
  thin_edge_swift.gateway.bootstrap:
    cloud: c8y
    url: example.cumulocity.com
    device_id: "{{ inventory_hostname }}"
    register: self-signed
    user: "{{ vault_c8y_user }}"
    password: "{{ vault_c8y_password }}"

- name: The gateway is connected to two clouds
  thin_edge_swift.gateway.bootstrap:
    runs:
      - {cloud: c8y, url: example.cumulocity.com, register: c8y-ca, device_id: "{{ inventory_hostname }}"}
      - {cloud: az, url: example.azure-devices.net, register: present}
    one_time_password: "{{ vault_one_time_password }}"
"""

RETURN = r"""
connections:
  description: Each run with its steps, and with its certificate.
  returned: success
  type: list
  elements: dict
installed:
  description: Whether C(tedge) is installed on the gateway.
  returned: always
  type: bool
tedge:
  description: The last object that C(tedge --json) printed.
  returned: when tedge was run
  type: dict
reason:
  description: The id of the error.
  returned: failure
  type: str
retry:
  description: Whether the same task may succeed later without a change by anybody.
  returned: failure
  type: bool
commands:
  description: The arguments of each run of C(tedge).
  returned: when tedge was run
  type: list
  elements: list
seconds:
  description: How long C(tedge) ran.
  returned: when tedge was run
  type: float
cpu_seconds:
  description: The processor time of C(tedge) and what it started.
  returned: when tedge was run
  type: float
"""

import json

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.thin_edge_swift.gateway.plugins.module_utils.tedge import (
    SECRET_ENDINGS, Tedge, cloud_words, common_arguments, text,
)

OPTIONS = dict(url="--url", device_id="--device-id", register="--register", timeout="--timeout")
FLAGS = dict(offline="--offline", re_register="--re-register", clean="--clean")


def command(parameters):
    """The words for `tedge`; secrets are in `environment`."""
    words = ["bootstrap"] + cloud_words(parameters)
    if parameters["runs"]:
        words += ["--from", "-"]
    for name in OPTIONS:
        if parameters[name]:
            words += [OPTIONS[name], parameters[name]]
    for key in sorted(parameters["settings"] or {}):
        words += ["--set", "%s=%s" % (key, text(parameters["settings"][key]))]
    words += [FLAGS[name] for name in FLAGS if parameters[name]]
    return words if parameters["wait"] else words + ["--no-wait"]


def environment(parameters):
    """What `tedge` reads from its environment."""
    names = dict(one_time_password="DEVICE_ONE_TIME_PASSWORD", user="C8Y_USER", password="C8Y_PASSWORD")
    found = {key: text(value) for key, value in (parameters["secrets"] or {}).items()}
    found.update({names[key]: parameters[key] for key in names if parameters[key]})
    return found


def main():
    module = AnsibleModule(
        argument_spec=common_arguments(
            cloud=dict(type="str"), profile=dict(type="str"), url=dict(type="str"), device_id=dict(type="str"),
            register=dict(type="str", choices=["c8y-ca", "self-signed", "basic", "present"]),
            settings=dict(type="dict"), runs=dict(type="list", elements="dict"),
            one_time_password=dict(type="str", no_log=True), user=dict(type="str"),
            password=dict(type="str", no_log=True), secrets=dict(type="dict", no_log=True),
            timeout=dict(type="str"), wait=dict(type="bool", default=True), offline=dict(type="bool", default=False),
            re_register=dict(type="bool", default=False), clean=dict(type="bool", default=False)),
        required_one_of=[("cloud", "runs")],
        mutually_exclusive=[("runs", name) for name in ("cloud", "profile", "url", "device_id", "register", "settings")],
        supports_check_mode=True)
    secret = sorted(key for key in module.params["settings"] or {} if key.endswith(SECRET_ENDINGS))
    if secret:
        module.fail_json(msg="%s: a secret must not be on a command line, which every user of the gateway can read" % ", ".join(secret))
    if module.params["timeout"] and not module.params["wait"]:
        module.fail_json(msg="timeout is for runs that wait")
    tedge = Tedge(module)
    tedge.environment = environment(module.params)
    tedge.end_if_missing(connections=[])
    runs = module.params["runs"]
    answer, diff = tedge.change(command(module.params), json.dumps(runs) if runs else None)
    tedge.end(answer, diff, connections=answer.get("connections") or [])


if __name__ == "__main__":
    main()
