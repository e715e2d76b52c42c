// SPDX-License-Identifier: Apache-2.0
/** Metrics of a control plane for Micrometer. For embedders; stable from 1.0. */
@NullMarked
package dev.allotment.micrometer;

import org.jspecify.annotations.NullMarked;
