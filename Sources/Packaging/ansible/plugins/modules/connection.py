#!/usr/bin/python
# Copyright: tedge maintainers
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

DOCUMENTATION = r"""
module: connection
short_description: Connect a gateway to a cloud, disconnect it, or prove its connection
description:
  - Runs C(tedge connect), C(tedge disconnect) or C(tedge reconnect).
  - To bring a gateway to a stated condition from nothing, use M(thin_edge_swift.gateway.bootstrap).
version_added: 1.0.0
author:
  - tedge maintainers (@tedge-swift)
extends_documentation_fragment:
  - thin_edge_swift.gateway.tedge
options:
  cloud:
    description: The cloud, C(c8y), C(az) or C(aws), or C(CLOUD.NAME) for its profile NAME.
    type: str
    required: true
  profile:
    description: The cloud profile, for a second account, tenant or device on the same cloud.
    type: str
  state:
    description:
      - V(connected) connects, and changes only what is not as the settings say.
      - V(disconnected) removes the bridge and stops the mapper.
      - V(reconnected) disconnects and connects as one change, each time.
      - V(proven) changes nothing. It fails if the cloud does not answer.
    type: str
    choices: [connected, disconnected, reconnected, proven]
    default: connected
  offline:
    description: Configure and start everything without the network, and check nothing.
    type: bool
    default: false
  timeout:
    description: Seconds that the check may take.
    type: int
  wait:
    description: For O(state=proven), how long to wait until the connection is proven, such as V(2m).
    type: str
seealso:
  - module: thin_edge_swift.gateway.bootstrap
"""

EXAMPLES = r"""
- name: The gateway is connected to Cumulocity
  thin_edge_swift.gateway.connection:
    cloud: c8y

- name: The cloud answers within two minutes
  thin_edge_swift.gateway.connection:
    cloud: c8y
    state: proven
    wait: 2m
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
    """The words for `tedge`."""
    state = parameters["state"]
    if state == "disconnected":
        return ["disconnect"] + cloud_words(parameters) + ["--if-needed"]
    if state == "reconnected":
        words = ["reconnect"] + cloud_words(parameters)
    else:
        words = ["connect"] + cloud_words(parameters) + ["--test" if state == "proven" else "--if-needed"]
    if parameters["offline"]:
        words.append("--offline")
    if parameters["timeout"] is not None:
        words += ["--timeout", str(parameters["timeout"])]
    if parameters["wait"]:
        words += ["--wait", parameters["wait"]]
    return words


def problem(parameters):
    """Why the arguments do not fit each other, if they do not."""
    state = parameters["state"]
    if parameters["offline"] and state not in ("connected", "reconnected"):
        return "offline is for the states connected and reconnected"
    if parameters["timeout"] is not None and state not in ("connected", "proven"):
        return "timeout is for the states connected and proven"
    if parameters["wait"] and state != "proven":
        return "wait is for the state proven"
    return None


def main():
    module = AnsibleModule(
        argument_spec=common_arguments(
            cloud=dict(type="str", required=True), profile=dict(type="str"),
            state=dict(type="str", choices=["connected", "disconnected", "reconnected", "proven"], default="connected"),
            offline=dict(type="bool", default=False), timeout=dict(type="int"), wait=dict(type="str")),
        supports_check_mode=True)
    found = problem(module.params)
    if found:
        module.fail_json(msg=found)
    tedge = Tedge(module)
    state, words = module.params["state"], command(module.params)
    if state == "proven":
        if not module.check_mode:
            tedge.end_if_missing()
        tedge.end_if_missing(changed=False)
        tedge.end(tedge.run(words))
    # Without the program there is no connection either.
    tedge.end_if_missing(changed=state != "disconnected")
    tedge.end(*tedge.change(words))


if __name__ == "__main__":
    main()
