// SPDX-License-Identifier: Apache-2.0
/**
 * OAuth 2 for client databases: asking to have somebody signed in, turning codes into tokens, and whom a token is for. For
 * the portal itself; what is public is so for its other packages.
 */
@NullMarked
package dev.allotment.portal.oauth;

import org.jspecify.annotations.NullMarked;
