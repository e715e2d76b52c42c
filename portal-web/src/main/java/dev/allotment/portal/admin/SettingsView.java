// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.web.Form;

/**
 * The settings.
 *
 * @param mail whether letters can be sent, which confirmed sign-up needs
 */
public record SettingsView(Form form, boolean mail) {}
