// SPDX-License-Identifier: Apache-2.0
/** The requests to tenants: which tenant a request is for, and the browser that sends it. For this module only. */
@NullMarked
package dev.allotment.tenant.request;

import org.jspecify.annotations.NullMarked;
