// SPDX-License-Identifier: Apache-2.0
package dev.allotment.xmlrpc;

import java.util.List;

/** A call as read from a document. Parameters may be null, since {@code nil} is. */
record MethodCall(String method, List<?> params) {}
