// SPDX-License-Identifier: Apache-2.0
/** What operators see who look at a tenant, or act in it, with the consent of its customer. */
@NullMarked
package dev.allotment.tenant.support;

import org.jspecify.annotations.NullMarked;
