// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.identity;

import dev.allotment.portal.text.Message;

/**
 * The content of the page that says why an identity provider has not signed a visitor in.
 *
 * @param signedIn whether the visitor has a session, in which something else was tried
 */
public record ProviderFailureView(Message why, boolean signedIn) {}
