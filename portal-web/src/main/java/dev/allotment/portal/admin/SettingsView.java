// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.web.Form;

/**
 * The content of the settings page.
 *
 * @param mail whether emails can be sent, which confirmed sign-up requires
 */
public record SettingsView(Form form, boolean mail) {}
