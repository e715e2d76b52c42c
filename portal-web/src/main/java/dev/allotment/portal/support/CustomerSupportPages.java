// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.support;

import dev.allotment.ErrorCategory;
import dev.allotment.Filter;
import dev.allotment.Permission;
import dev.allotment.SaasException;
import dev.allotment.portal.support.AccessRow.Actions;
import dev.allotment.portal.support.CustomerSupportView.Hours;
import dev.allotment.portal.support.CustomerSupportView.Setting;
import dev.allotment.portal.text.Message;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Moment;
import dev.allotment.portal.web.PageFailure;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import dev.allotment.support.SupportAccess;
import dev.allotment.support.SupportAccessId;
import dev.allotment.support.SupportAccessState;
import dev.allotment.support.SupportAccesses;
import dev.allotment.support.SupportAnswer;
import dev.allotment.support.SupportSetting;
import dev.allotment.text.Texts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The customer's page about support access: it answers requests, revokes access, and sees what was done. */
public final class CustomerSupportPages {
    private static final String PATH = "/my/support";
    private static final String SECTION = "support";

    private CustomerSupportPages() {}

    /** Adds the pages to the routes. */
    public static void add(Routes routes) {
        routes.showVisitor(PATH, (exchange, visitor) -> render(exchange, visitor, 200, new Form()));
        routes.acceptVisitor(PATH + "/setting", CustomerSupportPages::set)
                .needs(Permission.MANAGE_TEAM)
                .proven();
        routes.acceptVisitor(PATH + "/{access}/grant", CustomerSupportPages::grant)
                .needs(Permission.MANAGE_TEAM)
                .proven();
        routes.acceptVisitor(
                        PATH + "/{access}/refuse",
                        (exchange, visitor) -> change(exchange, visitor, "refused", accesses -> {
                            var unused = accesses.refuse(id(exchange));
                        }))
                .needs(Permission.MANAGE_TEAM);
        routes.acceptVisitor(
                        PATH + "/{access}/revoke",
                        (exchange, visitor) -> change(exchange, visitor, "revoked", accesses -> {
                            var unused = accesses.revoke(id(exchange));
                        }))
                .needs(Permission.MANAGE_TEAM);
    }

    private static SupportAccessId id(PortalExchange exchange) {
        return new SupportAccessId(exchange.pathId("access"));
    }

    private static void grant(PortalExchange exchange, Visitor visitor) throws IOException {
        int hours = hours(exchange);
        change(exchange, visitor, "granted", accesses -> {
            var unused = accesses.grant(id(exchange), hours);
        });
    }

    private static int hours(PortalExchange exchange) {
        return exchange.numberParam("hours").map(Math::toIntExact).orElseThrow(PageFailure::notFound);
    }

    private static void set(PortalExchange exchange, Visitor visitor) throws IOException {
        int hours = hours(exchange);
        SupportAnswer answer = Arrays.stream(SupportAnswer.values())
                .filter(each -> word(each).equals(exchange.param("answer")))
                .findFirst()
                .orElseThrow(PageFailure::notFound);
        change(exchange, visitor, "set", accesses -> {
            var unused = accesses.set(answer, hours);
        });
    }

    private static String word(SupportAnswer answer) {
        return answer.name().toLowerCase(Locale.ROOT);
    }

    /** Shows with the list what another member of the team was faster with. */
    private static void change(PortalExchange exchange, Visitor visitor, String done, Consumer<SupportAccesses> change)
            throws IOException {
        try {
            change.accept(visitor.saas().supportAccesses());
        } catch (SaasException e) {
            if (e.category() != ErrorCategory.CONFLICT && e.category() != ErrorCategory.INVALID_INPUT) {
                throw e;
            }
            Form form = new Form();
            form.refuse("", Message.of(exchange.texts(), e));
            render(exchange, visitor, e.category() == ErrorCategory.CONFLICT ? 409 : 422, form);
            return;
        }
        exchange.redirect(PATH + "?done=" + done);
    }

    private static void render(PortalExchange exchange, Visitor visitor, int status, Form form) throws IOException {
        String notice = exchange.notice("support");
        if (visitor.isTeamless()) {
            exchange.render(
                    status, "no-team", exchange.page(exchange.text("frame.support-access"), SECTION, notice), form);
            return;
        }
        // Operators have no rights of a team.
        boolean answers = visitor.may(Permission.MANAGE_TEAM) && !visitor.isOperator();
        SupportSetting setting = visitor.saas().supportAccesses().setting();
        List<AccessRow> open = new ArrayList<>();
        List<AccessRow> ended = new ArrayList<>();
        List<SupportAccess> accesses =
                SupportRows.read(visitor, Filter.equal(SupportAccess.CUSTOMER_ID, visitor.customer()));
        SupportRows.rows(
                        visitor,
                        accesses.stream().filter(each -> each.endedAt() == null).toList(),
                        each -> actions(each, answers))
                .forEach(open::add);
        SupportRows.rows(
                        visitor,
                        accesses.stream().filter(each -> each.endedAt() != null).toList(),
                        each -> Actions.NONE)
                .forEach(ended::add);
        exchange.render(
                status,
                "support",
                exchange.page(exchange.text("frame.support-access"), SECTION, notice),
                new CustomerSupportView(
                        open,
                        ended,
                        SupportRows.MOST,
                        hours(setting.hours(), exchange.texts()),
                        new Setting(
                                word(setting.answer()),
                                setting.hours(),
                                Moment.orElse(setting.changedAt(), "", exchange.texts())),
                        answers && !visitor.isLimited(),
                        form));
    }

    private static Actions actions(SupportAccess access, boolean answers) {
        return new Actions(
                answers && access.state() == SupportAccessState.PENDING,
                answers && access.state() == SupportAccessState.GRANTED,
                false,
                false);
    }

    private static List<Hours> hours(int present, Texts texts) {
        return Stream.of(
                        SupportAccesses.MIN_HOURS,
                        6,
                        12,
                        SupportAccesses.DEFAULT_HOURS,
                        72,
                        SupportAccesses.MAX_HOURS,
                        present)
                .distinct()
                .sorted()
                .map(each -> new Hours(
                        each,
                        each % 24 == 0 && each > 24
                                ? texts.plural("unit.days", each / 24)
                                : texts.plural("unit.hours", each)))
                .toList();
    }
}
