// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/**
 * The audit log: who did what to which tenant, when, and from where. Requires an administrator. Nothing changes it.
 */
public interface Events extends Lookup<Long, Event> {}
