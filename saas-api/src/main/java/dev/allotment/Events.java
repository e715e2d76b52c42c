// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import static dev.allotment.AllowedFor.Keys.READ_ONLY;

/**
 * The audit log: who did what to which tenant, when, and from where. Requires an administrator. Nothing changes it.
 */
@AllowedFor(READ_ONLY)
public interface Events extends Lookup<Long, Event> {}
