#!/usr/bin/python
# Copyright: tedge maintainers
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

DOCUMENTATION = r"""
module: info
short_description: The state of a gateway, without a change and without the network
description:
  - Runs C(tedge status) and returns what it says of connections, certificates, services and versions.
version_added: 1.0.0
author:
  - tedge maintainers (@tedge-swift)
extends_documentation_fragment:
  - thin_edge_swift.gateway.tedge
attributes:
  diff_mode:
    description: It changes nothing.
    support: none
options:
  cloud:
    description: The cloud, C(c8y), C(az) or C(aws), or C(CLOUD.NAME) for its profile NAME.
    type: str
  profile:
    description: The cloud profile, for a second account, tenant or device on the same cloud.
    type: str
"""

EXAMPLES = r"""
- name: Ask for the state
  thin_edge_swift.gateway.info:
  register: gateway

- name: Fail if a connection is down
  ansible.builtin.assert:
    that: gateway.is_up
"""

RETURN = r"""
is_configured:
  description: Whether any connection is configured.
  returned: success
  type: bool
is_up:
  description: Whether all that is configured is up.
  returned: success
  type: bool
connections:
  description: Each connection, with its certificate and with what differs from the settings.
  returned: success
  type: list
  elements: dict
versions:
  description: Versions of C(tedge) and of the programs and libraries that it uses.
  returned: when tedge was run
  type: dict
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


def main():
    module = AnsibleModule(
        argument_spec=common_arguments(cloud=dict(type="str"), profile=dict(type="str")), supports_check_mode=True)
    tedge = Tedge(module)
    tedge.end_if_missing(changed=False, is_configured=False, is_up=False, connections=[])
    # 0: all is up; 1: not all is; 3: nothing is configured.
    answer = tedge.run(["status"] + cloud_words(module.params), accepted=(0, 1, 3))
    connections = answer.get("connections")
    if connections is None:
        tedge.fail(answer, 1)
    tedge.end(answer, changed=False, connections=connections, is_configured=bool(connections),
              is_up=bool(connections) and all(one.get("up") for one in connections), versions=answer.get("versions") or {})


if __name__ == "__main__":
    main()
