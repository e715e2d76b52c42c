// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.brand;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.UserId;
import dev.allotment.brand.Brand;
import dev.allotment.brand.BrandDraft;
import dev.allotment.brand.BrandFile;
import dev.allotment.brand.Brands;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.ConfigurationLog;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredBrand;
import dev.allotment.spi.backend.Transaction;
import java.util.Optional;

/** Shows the brand to everyone, and lets administrators change it. */
public final class BrandUseCases implements Brands {
    private static final String CHANGE = "change the brand";

    private final CoreContext context;
    private final CurrentBrand current;
    private final String stylesheet;
    private final Actor actor;

    BrandUseCases(CoreContext context, CurrentBrand current, String stylesheet, Actor actor) {
        this.context = context;
        this.current = current;
        this.stylesheet = stylesheet;
        this.actor = actor;
    }

    @Override
    public Brand current() {
        return current.get();
    }

    @Override
    public String stylesheet() {
        return stylesheet;
    }

    @Override
    public Optional<BrandFile> file(String hash) {
        Optional<BrandFile> shown = current.get().files().values().stream()
                .filter(each -> each.hash().equals(hash))
                .findFirst();
        return shown.isPresent() ? shown : context.catalog().transact(tx -> BrandRows.published(tx, hash));
    }

    @Override
    public void apply(Brand brand) {
        actor.requireAdministrator(CHANGE);
        BrandChecks.check(brand);
        context.work().orAgain(tx -> apply(tx, brand));
        applied();
    }

    private StoredBrand apply(Transaction tx, Brand brand) {
        StoredBrand row = BrandRows.store(tx, BrandRows.INSTALLATION, "", brand, context.now());
        BrandRows.releaseFiles(tx, context.now());
        return row;
    }

    private void applied() {
        current.read();
        ConfigurationLog.changed(actor, "A brand was applied");
    }

    @Override
    public void reset() {
        actor.requireAdministrator(CHANGE);
        context.catalog().transact(tx -> delete(tx, BrandRows.INSTALLATION));
        current.read();
        ConfigurationLog.changed(actor, "The brand that was applied was removed");
    }

    private boolean delete(Transaction tx, String scope) {
        Optional<StoredBrand> row = BrandRows.find(tx, scope);
        row.ifPresent(each -> tx.records(RecordTypes.BRANDS).delete(each.id()));
        BrandRows.releaseFiles(tx, context.now());
        return row.isPresent();
    }

    @Override
    public Optional<BrandDraft> draft() {
        String scope = scope();
        return context.catalog()
                .transact(tx -> BrandRows.find(tx, scope)
                        .map(row -> new BrandDraft(BrandRows.brand(tx, row), isOutdated(tx, row), row.changedAt())));
    }

    private static boolean isOutdated(Transaction tx, StoredBrand draft) {
        return !draft.basedOn().equals(BrandRows.version(BrandRows.find(tx, BrandRows.INSTALLATION)));
    }

    @Override
    public void saveDraft(Brand brand) {
        String scope = scope();
        BrandChecks.check(brand);
        context.work().orAgain(tx -> {
            String basedOn = BrandRows.version(BrandRows.find(tx, BrandRows.INSTALLATION));
            StoredBrand row = BrandRows.store(tx, scope, basedOn, brand, context.now());
            BrandRows.releaseFiles(tx, context.now());
            return row;
        });
    }

    @Override
    public void applyDraft() {
        String scope = scope();
        context.work().orAgain(tx -> {
            // Locked first, so that of two that apply at once the later one sees what the first has applied.
            BrandRows.find(tx, BrandRows.INSTALLATION)
                    .ifPresent(each -> tx.records(RecordTypes.BRANDS).lock(each.id()));
            StoredBrand draft = BrandRows.find(tx, scope)
                    .orElseThrow(() -> SaasException.conflict(
                            ErrorCodes.BRAND_NO_DRAFT, "There is no draft of a brand to apply. Save one first."));
            if (isOutdated(tx, draft)) {
                throw SaasException.conflict(
                        ErrorCodes.BRAND_CHANGED,
                        "Another brand was applied since this draft was saved. Look at the present one, and save the"
                                + " draft again.");
            }
            Brand brand = BrandRows.brand(tx, draft);
            BrandChecks.check(brand);
            tx.records(RecordTypes.BRANDS).delete(draft.id());
            return apply(tx, brand);
        });
        applied();
    }

    @Override
    public void discardDraft() {
        String scope = scope();
        context.catalog().transact(tx -> delete(tx, scope));
    }

    /** The scope of the draft of the acting account. */
    private String scope() {
        actor.requireAdministrator(CHANGE);
        UserId user = actor.userId();
        if (user == null) {
            throw actor.refused("have a draft of a brand without an account");
        }
        return "draft:" + user;
    }
}
