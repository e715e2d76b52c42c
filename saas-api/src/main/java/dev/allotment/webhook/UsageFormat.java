// SPDX-License-Identifier: Apache-2.0
package dev.allotment.webhook;

/** The metering systems that closed days of usage can be sent to. docs/billing.md describes the requests. */
public enum UsageFormat {
    /** OpenMeter, and other programs that receive one CloudEvent in a request. */
    OPENMETER,

    /** Lago: the body of {@code POST /api/v1/events}. */
    LAGO,

    /** Stripe: the form of {@code POST /v1/billing/meter_events}. */
    STRIPE
}
