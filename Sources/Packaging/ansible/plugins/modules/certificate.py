#!/usr/bin/python
# Copyright: tedge maintainers
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

DOCUMENTATION = r"""
module: certificate
short_description: Create, download, upload and renew the certificate of a gateway
description:
  - Runs C(tedge cert create), C(tedge cert download), C(tedge cert upload) or C(tedge cert renew).
  - The private key never leaves the gateway.
version_added: 1.0.0
author:
  - tedge maintainers (@tedge-swift)
extends_documentation_fragment:
  - thin_edge_swift.gateway.tedge
options:
  cloud:
    description:
      The cloud whose certificate it is, C(c8y), C(az) or C(aws), or C(CLOUD.NAME) for its profile NAME; without it, the device certificate.
      It is needed for the states V(downloaded) and V(uploaded), where it is C(c8y).
    type: str
  profile:
    description: The cloud profile, for a second account, tenant or device on the same cloud.
    type: str
  state:
    description:
      - V(created) creates a key and a self-signed certificate, unless a valid one of the same device id is there.
      - V(downloaded) has the authority of a Cumulocity tenant sign a certificate, unless a valid one of the same device id is there.
      - V(uploaded) has a Cumulocity tenant trust the self-signed certificate, unless it does already.
      - V(renewed) renews a certificate that is due, and takes it into use if O(reconnect=true) and the cloud accepts it. If the cloud
        refuses it, the module fails, and the gateway stays connected with the former one.
    type: str
    choices: [created, downloaded, uploaded, renewed]
    required: true
  device_id:
    description: Identity of the device in the cloud, the common name of the certificate.
    type: str
  one_time_password:
    description:
      - The password that the device was registered with, for O(state=downloaded). It is passed in the environment.
      - Without it, one is made on the device, and the task fails with the address at which to register the device
        (C(tedge.registration)). The password stays the same when the task is run again.
    type: str
  user:
    description: Who uploads the certificate, for O(state=uploaded).
    type: str
  password:
    description: The password of O(user). It is passed in the environment.
    type: str
  authority:
    description: Who signs a renewed certificate, the tenant or the key of the device.
    type: str
    choices: [c8y, self-signed]
  force:
    description: Renew a certificate that is not due.
    type: bool
    default: false
  reconnect:
    description: Reconnect the clouds that are connected with the renewed certificate.
    type: bool
    default: true
"""

EXAMPLES = r"""
- name: The gateway has a certificate of the tenant
  thin_edge_swift.gateway.certificate:
    cloud: c8y
    state: downloaded
    device_id: "{{ inventory_hostname }}"
    one_time_password: "{{ vault_one_time_password }}"

- name: A certificate that is due is renewed and in use
  thin_edge_swift.gateway.certificate:
    cloud: c8y
    state: renewed
"""

RETURN = r"""
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

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.thin_edge_swift.gateway.plugins.module_utils.tedge import Tedge, cloud_words, common_arguments


def command(parameters):
    """The words for `tedge`; secrets are in `environment`."""
    state, profile = parameters["state"], ["--profile", parameters["profile"]] if parameters["profile"] else []
    device = ["--device-id", parameters["device_id"]] if parameters["device_id"] else []
    if state == "created":
        return ["cert", "create"] + cloud_words(parameters) + device + ["--if-needed"]
    if state == "downloaded":
        # Nobody sees the address of a registration before the program has ended.
        once = [] if parameters["one_time_password"] else ["--max-timeout", "0s"]
        return ["cert", "download", parameters["cloud"]] + profile + device + ["--if-needed"] + once
    if state == "uploaded":
        return ["cert", "upload", parameters["cloud"]] + profile + ["--if-needed"]
    words = ["cert", "renew"] + cloud_words(parameters)
    if parameters["authority"]:
        words += ["--ca", parameters["authority"]]
    if not parameters["force"]:
        words.append("--if-due")
    if parameters["reconnect"]:
        words.append("--reconnect")
    return words


def environment(parameters):
    """What `tedge` reads from its environment."""
    names = dict(one_time_password="DEVICE_ONE_TIME_PASSWORD", user="C8Y_USER", password="C8Y_PASSWORD")
    return {names[key]: parameters[key] for key in names if parameters[key]}


def main():
    module = AnsibleModule(
        argument_spec=common_arguments(
            cloud=dict(type="str"), profile=dict(type="str"),
            state=dict(type="str", choices=["created", "downloaded", "uploaded", "renewed"], required=True),
            device_id=dict(type="str"), one_time_password=dict(type="str", no_log=True),
            user=dict(type="str"), password=dict(type="str", no_log=True),
            authority=dict(type="str", choices=["c8y", "self-signed"]), force=dict(type="bool", default=False),
            reconnect=dict(type="bool", default=True)),
        required_if=[("state", "created", ["device_id"]), ("state", "downloaded", ["cloud", "device_id"]),
                     ("state", "uploaded", ["cloud"])],
        required_together=[("user", "password")],
        supports_check_mode=True)
    tedge = Tedge(module)
    tedge.environment = environment(module.params)
    tedge.end_if_missing()
    tedge.end(*tedge.change(command(module.params)))


if __name__ == "__main__":
    main()
