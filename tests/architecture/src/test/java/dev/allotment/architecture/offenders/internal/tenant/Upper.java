// SPDX-License-Identifier: Apache-2.0
package dev.allotment.architecture.offenders.internal.tenant;

/** Belongs to a higher layer. */
public interface Upper {}
