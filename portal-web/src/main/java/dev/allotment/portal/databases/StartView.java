// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.portal.web.Form;
import java.util.List;

/**
 * Choosing a plan and a name.
 *
 * @param key with which the form, sent twice, makes one database only
 */
public record StartView(List<Offer> offers, Form form, String key) {
    public StartView {
        offers = List.copyOf(offers);
    }

    /** What follows the name, whichever plan is chosen; empty where that depends on the plan. */
    public String commonSuffix() {
        List<String> suffixes = offers.stream().map(Offer::suffix).distinct().toList();
        return suffixes.size() == 1 ? suffixes.get(0) : "";
    }

    /**
     * A plan that may be chosen.
     *
     * @param facts what it includes, in words
     * @param suffix what follows the chosen part of the name
     * @param nameNeeded whether there is no name without choosing one
     */
    public record Offer(
            long id,
            String name,
            String summary,
            List<String> facts,
            String suffix,
            boolean nameNeeded,
            boolean chosen) {
        public Offer {
            facts = List.copyOf(facts);
        }
    }
}
