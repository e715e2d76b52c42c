// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Operation;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.fleet.Rebalancing;
import dev.allotment.fleet.Rebalancing.Measure;
import dev.allotment.portal.databases.UsageMeter;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Tokens;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** The page that shows moves that would even out the database servers, and starts a campaign of them. */
final class RebalancingPages {
    private static final String PATH = ServerPages.PATH + "/rebalancing";
    private static final String CODE = "code";
    private static final String KEY = "key";
    private static final String WINDOW = "in-window";
    private static final String BY = "by";

    void add(Routes routes) {
        routes.showOperator(
                PATH,
                (exchange, visitor) ->
                        render(exchange, 200, visitor.saas().servers().rebalancing(measure(exchange)), new Form()));
        routes.acceptAdministrator(PATH, RebalancingPages::start);
    }

    /** Starts only the moves that the administrator has seen. A form that is sent twice starts one campaign. */
    private static void start(PortalExchange exchange, Visitor visitor) throws IOException {
        Form form = Form.sent(exchange, CODE, KEY, WINDOW);
        Rebalancing found = visitor.saas().servers().rebalancing(measure(exchange));
        if (!found.code().equals(form.value(CODE))) {
            form.refuse("", "The moves have changed since this page was shown. Check them again.");
        } else {
            try {
                Operation started = visitor.saas()
                        .campaigns()
                        .start(Campaign.of(CampaignChange.rebalance(found))
                                .inWindow(form.ticked(WINDOW))
                                .idempotencyKey(form.value(KEY).isEmpty() ? null : form.value(KEY))
                                .build());
                exchange.redirect(CampaignPages.PATH + "/" + started.id() + "?done=started");
                return;
            } catch (SaasException e) {
                form.refuse("", AdminInput.refusal(e));
            }
        }
        render(exchange, 422, found, form);
    }

    private static Measure measure(PortalExchange exchange) {
        return exchange.param(BY).equals(RebalancingView.LOAD) ? Measure.LOAD : Measure.SIZE;
    }

    private static void render(PortalExchange exchange, int status, Rebalancing found, Form form) throws IOException {
        Map<ServerId, String> names = new HashMap<>();
        found.servers().forEach(each -> names.put(each.server(), each.name()));
        exchange.render(
                status,
                "admin/rebalancing",
                exchange.page("Even out servers", ServerPages.SECTION),
                new RebalancingView(
                        found.by() == Measure.LOAD,
                        found.servers().stream()
                                .map(each -> new RebalancingView.Site(
                                        each.server().value(),
                                        each.name(),
                                        amount(found, each.sizeBytes(), each.load()),
                                        amount(found, each.fairBytes(), each.fairLoad()),
                                        amount(found, each.afterBytes(), each.afterLoad()),
                                        UsageMeter.bytes(each.afterBytes())))
                                .toList(),
                        found.moves().stream()
                                .map(each -> new RebalancingView.Move(
                                        each.tenant().value(),
                                        each.name(),
                                        names.getOrDefault(each.from(), ""),
                                        names.getOrDefault(each.to(), ""),
                                        amount(found, each.sizeBytes(), each.load())))
                                .toList(),
                        found.code(),
                        Tokens.random(),
                        form));
    }

    private static String amount(Rebalancing found, long bytes, Duration load) {
        return found.by() == Measure.SIZE ? UsageMeter.bytes(bytes) : Words.duration(load) + " a day";
    }
}
