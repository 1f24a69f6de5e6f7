//! Answers questions about catalogues.

use crate::app::catalog::asked::{
    CatalogAnswer, CatalogQuery, NoticesAnswer, PageReport, PageState, RunsAnswer, provider_file_broken,
    unknown_entry,
};
use crate::app::messages::user_message::UserMessage;
use crate::catalog::provider::{EntryId, ProviderBook};
use crate::catalog::requests::Wanted;
use crate::catalog::runs::hours;
use crate::engine::context::EngineContext;
use crate::engine::listings::provider_files::read_folder;

/// Answers `query`.
pub(crate) async fn answer(query: CatalogQuery, context: &EngineContext) -> CatalogAnswer {
    match query {
        CatalogQuery::Providers => CatalogAnswer::Providers(context.catalog.providers()),
        CatalogQuery::Check(folder) => {
            let own = folder.as_deref().map(read_folder);
            CatalogAnswer::Providers(own.map_or_else(|| context.catalog.providers(), ProviderBook::read))
        }
        CatalogQuery::Notices(provider) => notices(&provider, context).await,
        CatalogQuery::Search { words, at } => super::search::search(&words, at.as_ref(), context).await,
        CatalogQuery::Runs { id, count } => runs(&id, count, context).await,
    }
}

async fn notices(id: &str, context: &EngineContext) -> CatalogAnswer {
    let providers = context.catalog.providers();
    let Some(provider) = providers.provider(id) else {
        return CatalogAnswer::Refused(unknown(&providers, (id, id)));
    };
    let changes = context.catalog.changes_of(&provider.id);
    let answer = |feed, page| {
        CatalogAnswer::Notices(NoticesAnswer {
            provider: provider.clone(),
            changes: changes.clone(),
            feed,
            page,
        })
    };
    let Some(address) = provider.notices.as_deref() else {
        return match changes.is_empty() {
            true => CatalogAnswer::Refused(UserMessage::NoNotices { provider: id.to_owned() }),
            false => answer(None, None),
        };
    };
    match context.catalog.notices(address, &context.shared).await {
        Ok((feed, page)) => answer(Some(feed), Some(page)),
        Err(reason) => {
            let url = crate::domain::outside_text::show_with_urls(address);
            if changes.is_empty() {
                return CatalogAnswer::Refused(UserMessage::TargetUnreachable { url, reason });
            }
            // What was seen to change is known without the feed.
            let page = PageReport { address: url, state: PageState::Failed(reason), fetched_at: None };
            answer(None, Some(page))
        }
    }
}

async fn runs(id: &EntryId, count: usize, context: &EngineContext) -> CatalogAnswer {
    let providers = context.catalog.providers();
    let Some((provider, dataset)) = providers.find(id) else {
        return CatalogAnswer::Refused(unknown(&providers, (&id.provider, &id.to_string())));
    };
    let look = context.catalog.look((provider, dataset), Wanted::Latest, &context.shared).await;
    let chosen: Vec<String> = id.package.iter().cloned().collect();
    let now = context.shared.judging_now();
    CatalogAnswer::Runs(Box::new(RunsAnswer {
        provider: provider.clone(),
        dataset: dataset.clone(),
        hours: hours(dataset, &look.book, &chosen, now, count),
        book: look.book,
        pages: look.pages,
    }))
}

fn unknown(providers: &ProviderBook, (provider, id): (&str, &str)) -> UserMessage {
    providers.broken_file_of(provider).map_or_else(|| unknown_entry(id, providers), provider_file_broken)
}
