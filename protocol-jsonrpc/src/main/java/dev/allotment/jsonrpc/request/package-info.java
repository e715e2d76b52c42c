// SPDX-License-Identifier: Apache-2.0
/** How JSON and the secret of a web session are read from requests; for this project's codecs only. */
@NullMarked
package dev.allotment.jsonrpc.request;

import org.jspecify.annotations.NullMarked;
