// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.portal.web.Form;

/**
 * The content of the account page: its four forms, and the request for an erasure.
 *
 * @param erasable whether the user can request an erasure
 * @param requested the day on which the user requested one; empty if none is open
 */
public record ProfileView(
        String login, Form profile, Form address, Form password, Form export, boolean erasable, String requested) {}
