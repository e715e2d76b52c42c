// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.webhook;

/** The content of the page that asks whether to delete a webhook endpoint at a path. */
public record DeleteWebhookView(String path, String url) {}
