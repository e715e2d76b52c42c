// SPDX-License-Identifier: Apache-2.0
/**
 * What the SQL backends share. Internal to the backends of this project: no public API, no promise of stability.
 */
@NullMarked
package dev.allotment.jdbc;

import org.jspecify.annotations.NullMarked;
