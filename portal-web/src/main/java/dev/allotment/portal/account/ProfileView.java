// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.portal.web.Form;

/** The content of the account page: its three forms. */
public record ProfileView(String login, Form profile, Form address, Form password) {}
