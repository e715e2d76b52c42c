// SPDX-License-Identifier: Apache-2.0
/** The protocols as a servlet, and the detection of callers behind proxies. For embedders; stable from 1.0. */
@NullMarked
package dev.allotment.servlet;

import org.jspecify.annotations.NullMarked;
