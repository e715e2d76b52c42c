// SPDX-License-Identifier: Apache-2.0
/**
 * Emails to the owners of tenants and to the users of accounts. For embedders; depends on saas-api only; stable from
 * 1.0.
 */
@NullMarked
package dev.allotment.mail;

import org.jspecify.annotations.NullMarked;
