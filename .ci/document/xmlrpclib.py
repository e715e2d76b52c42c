# SPDX-License-Identifier: Apache-2.0
"""What Python 2 called the module xmlrpc.client."""

from xmlrpc.client import *  # noqa: F401, F403
