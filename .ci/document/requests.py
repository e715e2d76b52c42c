# SPDX-License-Identifier: Apache-2.0
"""As much of the library of this name as the script needs."""

import json
import urllib.request


class Response:
    def __init__(self, body):
        self.body = body

    def json(self):
        return json.loads(self.body)


def post(url, data, headers):
    with urllib.request.urlopen(urllib.request.Request(url, data.encode(), headers)) as response:
        return Response(response.read())
