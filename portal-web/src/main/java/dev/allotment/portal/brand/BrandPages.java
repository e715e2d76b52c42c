// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.brand;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.brand.Brand;
import dev.allotment.brand.BrandDraft;
import dev.allotment.brand.BrandFile;
import dev.allotment.portal.account.SignInView;
import dev.allotment.portal.account.SignUpView;
import dev.allotment.portal.admin.ConfirmView;
import dev.allotment.portal.mail.PortalMail.Recipient;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Page;
import dev.allotment.portal.web.PageBrand;
import dev.allotment.portal.web.PageFailure;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.ThrottledMails;
import dev.allotment.portal.web.Visitor;
import dev.allotment.servlet.page.BrandFiles;
import dev.allotment.servlet.page.BrandStyle;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The pages on which an administrator changes the brand: a form whose content is stored as a draft, pages that show the
 * draft to this administrator only, and the button that applies it.
 */
public final class BrandPages {
    private static final String PATH = "/admin/brand";
    private static final String SECTION = "admin-brand";
    private static final String TITLE = "Brand";
    private static final String PRIVATE = "no-store";
    private static final Map<String, String> NOTICES = Map.of(
            "saved", "Draft saved. Only you see it until you apply it.",
            "applied", "Brand applied. All pages show it within seconds.",
            "discarded", "Draft discarded.",
            "reset", "The applied brand was removed.",
            "emailed", "A test email is on its way to you.");

    private final ThrottledMails mails;

    private BrandPages(ThrottledMails mails) {
        this.mails = mails;
    }

    /** Adds the pages to the routes. */
    public static void add(Routes routes, ThrottledMails mails) {
        BrandPages pages = new BrandPages(mails);
        routes.showAdministrator(PATH, pages::show);
        routes.acceptAdministrator(PATH, pages::save).uploading();
        routes.acceptAdministrator(PATH + "/apply", pages::apply);
        routes.acceptAdministrator(PATH + "/discard", pages::discard);
        routes.acceptAdministrator(PATH + "/email", pages::email);
        routes.showAdministrator(PATH + "/reset", pages::askReset);
        routes.acceptAdministrator(PATH + "/reset", pages::reset);
        routes.showAdministrator(PATH + "/preview/sign-in", pages::previewSignIn);
        routes.showAdministrator(PATH + "/preview/sign-up", pages::previewSignUp);
        routes.showAdministrator(PATH + "/preview/database", pages::previewTenant);
        routes.showAdministrator(PATH + "/draft.css", pages::stylesheet);
        routes.showAdministrator(PATH + "/draft/{hash}", pages::file);
    }

    private void show(PortalExchange exchange, Visitor visitor) throws IOException {
        Optional<BrandDraft> draft = visitor.saas().brands().draft();
        Brand brand = draft.map(BrandDraft::brand)
                .orElseGet(() -> visitor.saas().brands().current());
        render(exchange, visitor, 200, BrandForm.of(brand), draft);
    }

    private void render(PortalExchange exchange, Visitor visitor, int status, Form form, Optional<BrandDraft> draft)
            throws IOException {
        draft.ifPresent(each -> exchange.showIn(look(exchange, each.brand())));
        Page page = exchange.page(TITLE, SECTION, NOTICES.get(exchange.param("done")));
        BrandView view = new BrandView(
                form,
                page.branding(),
                draft.isPresent(),
                draft.filter(BrandDraft::outdated).isPresent(),
                mails.possible() && visitor.user().email() != null);
        exchange.render(status, "admin/brand", page, view);
    }

    /** A draft as pages show it: everything of it is at addresses for this administrator. */
    private static PageBrand look(PortalExchange exchange, Brand draft) {
        String base = exchange.request().getContextPath();
        String version = style(draft).version();
        return new PageBrand(
                draft,
                base + PATH + "/draft.css?v=" + version,
                base + PATH + "/draft/",
                exchange.site().embedders(base));
    }

    private static BrandStyle style(Brand draft) {
        return BrandStyle.of(draft, "draft/");
    }

    private void save(PortalExchange exchange, Visitor visitor) throws IOException {
        Optional<BrandDraft> draft = visitor.saas().brands().draft();
        Brand before = draft.map(BrandDraft::brand)
                .orElseGet(() -> visitor.saas().brands().current());
        Form form = BrandForm.sent(exchange);
        Brand brand = BrandForm.brand(exchange, form, before);
        if (form.isFine()) {
            try {
                visitor.saas().brands().saveDraft(brand);
                exchange.redirect(PATH + "?done=saved");
                return;
            } catch (SaasException e) {
                if (!e.code().equals(ErrorCodes.BRAND_INVALID)) {
                    throw e;
                }
                e.details().forEach(form::refuse);
            }
        }
        render(exchange, visitor, 422, form, draft);
    }

    private void apply(PortalExchange exchange, Visitor visitor) throws IOException {
        visitor.saas().brands().applyDraft();
        exchange.redirect(PATH + "?done=applied");
    }

    private void discard(PortalExchange exchange, Visitor visitor) throws IOException {
        visitor.saas().brands().discardDraft();
        exchange.redirect(PATH + "?done=discarded");
    }

    private void askReset(PortalExchange exchange, Visitor visitor) throws IOException {
        exchange.render(
                "admin/confirm",
                exchange.page("Remove the applied brand?", SECTION),
                new ConfirmView(
                        "All pages and emails get the brand of the settings of this server, or none. The applied brand"
                                + " cannot be restored.",
                        PATH + "/reset",
                        "Remove brand",
                        PATH));
    }

    private void reset(PortalExchange exchange, Visitor visitor) throws IOException {
        visitor.saas().brands().reset();
        exchange.redirect(PATH + "?done=reset");
    }

    private void email(PortalExchange exchange, Visitor visitor) throws IOException {
        User user = visitor.user();
        String address = user.email();
        if (!mails.possible() || address == null) {
            throw PageFailure.notFound();
        }
        Brand brand = shown(visitor);
        mails.submit(
                "brand " + user.id(),
                exchange.clientAddress(),
                () -> mails.mail().brandPreview(new Recipient(address, user.name(), user.lang()), brand));
        exchange.redirect(PATH + "?done=emailed");
    }

    private static Brand shown(Visitor visitor) {
        return visitor.saas()
                .brands()
                .draft()
                .map(BrandDraft::brand)
                .orElseGet(() -> visitor.saas().brands().current());
    }

    private void previewSignIn(PortalExchange exchange, Visitor visitor) throws IOException {
        preview(
                exchange,
                visitor,
                "Sign in",
                "login",
                new SignInView(new Form(), "", "", true, false, false, List.of(), List.of()));
    }

    private void previewSignUp(PortalExchange exchange, Visitor visitor) throws IOException {
        preview(exchange, visitor, "Create an account", "signup", new SignUpView(new Form(), SignUpView.Step.ASK, ""));
    }

    private void previewTenant(PortalExchange exchange, Visitor visitor) throws IOException {
        preview(exchange, visitor, "Sign in", "admin/brand-database", "");
    }

    private static void preview(PortalExchange exchange, Visitor visitor, String title, String template, Object view)
            throws IOException {
        visitor.saas().brands().draft().ifPresent(each -> exchange.showIn(look(exchange, each.brand())));
        exchange.render(template, exchange.page(title, SECTION).signedOut(), view);
    }

    private void stylesheet(PortalExchange exchange, Visitor visitor) throws IOException {
        Brand draft = draft(visitor).brand();
        exchange.send(200, "text/css; charset=utf-8", style(draft).css());
    }

    private static BrandDraft draft(Visitor visitor) {
        return visitor.saas().brands().draft().orElseThrow(PageFailure::notFound);
    }

    private void file(PortalExchange exchange, Visitor visitor) throws IOException {
        BrandFile file = draft(visitor).brand().files().values().stream()
                .filter(each -> each.hash().equals(exchange.pathPart("hash")))
                .findFirst()
                .orElseThrow(PageFailure::notFound);
        BrandFiles.send(exchange.response(), file, PRIVATE);
    }
}
