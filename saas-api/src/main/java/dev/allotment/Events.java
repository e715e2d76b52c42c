// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/** The audit log: who did what to which client database, when, from where. For administrators. Nothing changes it. */
public interface Events extends Lookup<Long, Event> {}
