// SPDX-License-Identifier: Apache-2.0
package dev.allotment.fleet;

/** What a {@link Campaign} does now, or did last. The constants are in the order of time. */
public enum CampaignStage {
    /** Brings templates to the wanted state, before any tenant. */
    TEMPLATES,

    /** Changes the canaries, one after the other. */
    CANARIES,

    /** Changes the other tenants, wave after wave. */
    WAVES
}
