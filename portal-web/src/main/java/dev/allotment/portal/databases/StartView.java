// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.portal.web.Form;
import java.util.List;

/**
 * The content of the page that creates a database.
 *
 * @param key idempotency key: a form that is sent twice creates one database
 */
public record StartView(List<Offer> offers, Form form, String key) {
    public StartView {
        offers = List.copyOf(offers);
    }

    /** Returns the suffix of the name if it is the same for all plans, or else an empty string. */
    public String commonSuffix() {
        List<String> suffixes = offers.stream().map(Offer::suffix).distinct().toList();
        return suffixes.size() == 1 ? suffixes.get(0) : "";
    }

    /** Whether none of the plans needs a name. */
    public boolean nameOptional() {
        return offers.stream().noneMatch(Offer::nameNeeded);
    }

    /**
     * A plan that the user may choose.
     *
     * @param facts what the plan includes
     * @param suffix the fixed part of the name, after the label
     * @param nameNeeded whether the user has to choose a name
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
