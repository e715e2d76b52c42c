// SPDX-License-Identifier: Apache-2.0
package dev.allotment.xmlrpc;

import java.util.List;

/** A call that has been read. Parameters may be null, as {@code nil} is. */
record MethodCall(String method, List<?> params) {}
