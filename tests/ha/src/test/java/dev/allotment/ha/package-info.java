// SPDX-License-Identifier: Apache-2.0
/** Tests a control plane whose catalog is in a PostgreSQL cluster that Patroni keeps available. */
@NullMarked
package dev.allotment.ha;

import org.jspecify.annotations.NullMarked;
