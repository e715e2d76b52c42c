// SPDX-License-Identifier: Apache-2.0
/** Tests of the filter against a real server, and of its connections against real databases. */
package dev.allotment.tenant;
