// SPDX-License-Identifier: Apache-2.0
/** What {@link dev.allotment.SaasBuilder} needs of saas-core. Neither embedders nor authors of backends use it. */
@NullMarked
package dev.allotment.spi.core;

import org.jspecify.annotations.NullMarked;
