// SPDX-License-Identifier: Apache-2.0
/** OAuth 2 for tenants' applications: authorization, token exchange and token information. For this module only. */
@NullMarked
package dev.allotment.portal.oauth;

import org.jspecify.annotations.NullMarked;
