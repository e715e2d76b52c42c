// SPDX-License-Identifier: Apache-2.0
/**
 * A filter for applications that serve many client databases: it finds out whose host a request is for, signs people in, and
 * hands the application that tenant and its database. For embedders; stable from 1.0 on.
 */
@NullMarked
package dev.allotment.tenant;

import org.jspecify.annotations.NullMarked;
