use std::collections::BTreeMap;

use proptest::{collection::vec, prelude::*};

use super::*;

const KEY: &str = "0123456789abcdef";
const EARLIER: &str = "fedcba9876543210";
const OURS: &str = "https://assess.example/gh/api/webhooks/greenhouse/0123456789abcdef";

fn base() -> Url {
    Url::parse("https://assess.example/gh/").unwrap()
}

fn sync() -> SyncSettings {
    SyncSettings::new(HookKey::new(KEY), vec![Secret::new("a good secret")]).unwrap()
}

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000 + second, 0).unwrap()
}

fn row(id: i64, action: &str, url: &str) -> ListedHook {
    ListedHook {
        name: Some("by hand".to_owned()),
        action: Some(action.to_owned()),
        endpoint_url: Some(url.to_owned()),
        max_attempts: Some(7),
        deactivated: Some(false),
        ..ListedHook::new(id)
    }
}

fn made(id: i64, action: &str) -> ListedHook {
    ListedHook {
        name: Some(hook_name(action)),
        ..row(id, action, OURS)
    }
}

fn recorded(hooks: &[(&str, i64)]) -> ManagedHooks {
    let mut managed = ManagedHooks::default();
    for (action, id) in hooks {
        let hook = ManagedHook::new(*id, sync().secret_tag(), at(0));
        managed.created(action, hook);
    }
    managed
}

fn step_for(rows: &[ListedHook], managed: &ManagedHooks, action: &str) -> (Option<i64>, HookStep) {
    let plan = plan(&base(), &sync(), managed, rows, at(100));
    let mut hooks = plan.hooks.into_iter();
    let hook = hooks.find(|hook| hook.event.action == action).unwrap();
    (hook.id, hook.step)
}

#[test]
fn a_webhook_is_ours_by_its_hook_key_or_its_record() {
    let managed = recorded(&[("hire_candidate", 7)]);
    let earlier = OURS.replace(KEY, EARLIER);
    for (id, url, owned) in [
        (1, OURS, true),
        (1, &format!("{OURS}/"), true),
        (1, &OURS.replace("assess", "old"), true),
        (1, &OURS.replace("/gh", ""), true),
        (1, &earlier, false),
        (7, &earlier, true),
        (7, &earlier.replace("assess", "other"), false),
        (7, "https://assess.example/gh/another", false),
        (
            7,
            "https://assess.example/gh/api/webhooks/greenhouse-2/x",
            false,
        ),
        (1, &format!("{OURS}0"), false),
        (1, &format!("https://other.example/?to={OURS}"), false),
        (1, &format!("https://other.example/x{KEY}"), false),
        (7, "no address", false),
        (7, "", false),
    ] {
        let key = HookKey::new(KEY);
        let base = base();
        let row = row(id, "hire_candidate", url);
        let owner = HookOwner::new(&base, Some(&key), &managed);
        assert_eq!(owner.owns(&row), owned, "{id} {url}");
        let without_key = HookOwner::new(&base, None, &managed);
        assert_eq!(without_key.owns(&row), owned && id == 7, "{id} {url}");
    }
    let managed = recorded(&[("hire_candidate", 7)]);
    let base = base();
    let nothing = HookOwner::new(&base, None, &managed);
    assert!(!nothing.owns(&ListedHook::new(7)), "no address");
}

#[test]
fn each_defect_is_found() {
    use HookDefect::{Disabled, FewAttempts, OldSecret, WrongAddress};
    type Change = fn(&mut ListedHook, &mut ManagedHooks);
    let cases: [(Change, &[HookDefect]); 7] = [
        (|_, _| (), &[]),
        (|row, _| row.deactivated = Some(true), &[Disabled]),
        (|row, _| row.max_attempts = Some(6), &[FewAttempts]),
        (|row, _| row.max_attempts = Some(25), &[]),
        (
            |row, _| {
                (row.deactivated, row.max_attempts) = (None, None);
            },
            &[],
        ),
        (
            |row, _| row.endpoint_url = Some(OURS.replace("assess", "old")),
            &[WrongAddress],
        ),
        (
            |_, managed| managed.created("hire_candidate", ManagedHook::new(7, "old", at(0))),
            &[OldSecret],
        ),
    ];
    for (change, expected) in cases {
        let mut managed = recorded(&[("hire_candidate", 7)]);
        let mut hook = made(7, "hire_candidate");
        change(&mut hook, &mut managed);
        let step = match expected.is_empty() {
            true => HookStep::Leave,
            false => HookStep::Update(expected.iter().copied().collect()),
        };
        let found = step_for(&[hook], &managed, "hire_candidate");
        assert_eq!(found, (Some(7), step));
    }
}

#[test]
fn the_secret_of_a_webhook_made_by_hand_is_not_judged() {
    let by_hand = row(3, "hire_candidate", OURS);
    let none = ManagedHooks::default();
    let found = step_for(std::slice::from_ref(&by_hand), &none, "hire_candidate");
    assert_eq!(found, (Some(3), HookStep::Leave));
    // It is never removed.
    let (base, key) = (base(), HookKey::new(KEY));
    let owner = HookOwner::new(&base, Some(&key), &none);
    let removal = plan_removal(&owner, &[by_hand, made(4, "hire_candidate")]);
    let ids: Vec<_> = removal.iter().map(|row| row.id).collect();
    assert_eq!(ids, [4]);
}

#[test]
fn a_creation_with_an_unknown_outcome_waits_until_the_list_is_reliable() {
    let mut managed = ManagedHooks::default();
    for (trusted_from, step) in [
        (at(101), HookStep::Wait { until: at(101) }),
        (at(100), HookStep::Create),
    ] {
        let begun = HookCreation::new(sync().secret_tag(), trusted_from);
        managed.creating.insert("hire_candidate".to_owned(), begun);
        let found = step_for(&[], &managed, "hire_candidate");
        assert_eq!(found, (None, step));
        let found = step_for(&[made(9, "hire_candidate")], &managed, "hire_candidate");
        assert_eq!(found, (Some(9), HookStep::Leave));
    }
    // A new webhook may not be listed yet.
    let mut managed = recorded(&[("hire_candidate", 7)]);
    let known = managed.hooks.get_mut("hire_candidate").unwrap();
    known.trusted_from = at(160);
    let found = step_for(&[], &managed, "hire_candidate");
    assert_eq!(found, (None, HookStep::Wait { until: at(160) }));
    let observed = plan(&base(), &sync(), &managed, &[], at(100)).observed(&managed, at(100));
    assert!(observed.has_same_hooks(&managed));
    let observed = plan(&base(), &sync(), &managed, &[], at(160)).observed(&managed, at(160));
    assert!(observed.is_empty());
}

#[test]
fn surplus_webhooks_of_the_host_are_deleted_and_others_stay() {
    let managed = recorded(&[("hire_candidate", 8)]);
    let rows = [
        made(7, "hire_candidate"),
        made(8, "hire_candidate"),
        row(6, "hire_candidate", OURS),
        made(5, "offer_created"),
        row(4, "offer_created", OURS),
        row(3, "hire_candidate", "https://other.example/"),
    ];
    let plan = plan(&base(), &sync(), &managed, &rows, at(100));
    let surplus: Vec<_> = plan.surplus.iter().map(|row| row.id).collect();
    assert_eq!((surplus, plan.foreign), (vec![7, 5], 1));
    let observed = plan.observed(&managed, at(100));
    let defects = &observed.defects["hire_candidate"];
    assert_eq!(defects, &BTreeSet::from([HookDefect::Duplicate]));
}

#[test]
fn the_tag_changes_with_the_secret_and_reveals_nothing_of_it() {
    let tag = |key: &str, secret: &str| {
        let secrets = vec![Secret::new(secret), Secret::new("another secret")];
        SyncSettings::new(HookKey::new(key), secrets)
            .unwrap()
            .secret_tag()
    };
    assert_eq!(tag(KEY, "a good secret"), tag(KEY, "a good secret"));
    assert_ne!(tag(KEY, "a good secret"), tag(KEY, "a good secre"));
    assert_ne!(tag(KEY, "a good secret"), tag(EARLIER, "a good secret"));
    assert_eq!(tag(KEY, "a good secret").len(), 16);
}

fn any_row() -> impl Strategy<Value = ListedHook> {
    let earlier = OURS.replace(KEY, EARLIER);
    let urls = [
        Some(OURS.to_owned()),
        Some(OURS.replace("assess", "old")),
        Some(earlier.clone()),
        Some(earlier.replace("assess", "other")),
        Some("https://other.example/hook".to_owned()),
        Some("nonsense".to_owned()),
        None,
    ];
    let actions = ["hire_candidate", "reject_candidate", "offer_created", ""];
    (
        1..12_i64,
        prop::sample::select(urls.to_vec()),
        prop::sample::select(actions.to_vec()),
        any::<bool>(),
        any::<Option<bool>>(),
        prop::option::of(0..30_i64),
    )
        .prop_map(|(id, url, action, is_named, deactivated, attempts)| {
            let name = match is_named {
                true => hook_name(action),
                false => "by hand".to_owned(),
            };
            ListedHook {
                name: Some(name),
                action: Some(action.to_owned()).filter(|action| !action.is_empty()),
                endpoint_url: url,
                max_attempts: attempts,
                deactivated,
                ..ListedHook::new(id)
            }
        })
}

fn any_managed() -> impl Strategy<Value = ManagedHooks> {
    let actions = ["hire_candidate", "reject_candidate", "merge_candidate"];
    let tags = [sync().secret_tag(), "old".to_owned()];
    let hook = (
        prop::sample::select(actions.to_vec()),
        1..12_i64,
        prop::sample::select(tags.to_vec()),
        any::<bool>(),
    );
    vec(hook, 0..3).prop_map(|hooks| {
        let mut managed = ManagedHooks::default();
        for (action, id, tag, is_begun) in hooks {
            if is_begun {
                let begun = HookCreation::new(tag, at(id * 20));
                managed.creating.insert(action.to_owned(), begun);
            } else {
                managed.created(action, ManagedHook::new(id, tag, at(id * 20)));
            }
        }
        managed
    })
}

/// Carries out a plan as Greenhouse would.
fn carry_out(plan: &HookPlan, rows: &mut BTreeMap<i64, ListedHook>, managed: &mut ManagedHooks) {
    let tag = sync().secret_tag();
    for hook in &plan.hooks {
        let action = hook.event.action;
        let form = form(&base(), &sync(), action).unwrap();
        let write = |row: &mut ListedHook| {
            row.action = Some(form.action.clone());
            row.endpoint_url = Some(form.endpoint_url.to_string());
            row.max_attempts = Some(form.max_attempts.into());
            row.deactivated = Some(false);
        };
        match (&hook.step, hook.id) {
            (HookStep::Create, _) => {
                let id = rows.keys().max().unwrap_or(&0) + 100;
                let mut row = ListedHook::new(id);
                row.name = Some(form.name.clone());
                write(&mut row);
                rows.insert(id, row);
                managed.created(action, ManagedHook::new(id, tag.clone(), at(0)));
            }
            (HookStep::Update(_), Some(id)) => {
                write(rows.get_mut(&id).unwrap());
                if hook.made {
                    managed.created(action, ManagedHook::new(id, tag.clone(), at(0)));
                }
            }
            _ => {}
        }
    }
    for surplus in &plan.surplus {
        rows.remove(&surplus.id).unwrap();
        managed.removed(surplus.id);
    }
}

proptest! {
    /// A plan that was carried out leaves nothing to do, and no plan touches a foreign webhook.
    #[test]
    fn a_plan_is_complete_and_leaves_foreign_webhooks_alone(
        rows in vec(any_row(), 0..8),
        managed in any_managed(),
    ) {
        let mut rows: BTreeMap<_, _> = rows.into_iter().map(|row| (row.id, row)).collect();
        let listed: Vec<_> = rows.values().cloned().collect();
        let is_foreign = |row: &&ListedHook| {
            let url = row.endpoint_url.clone().unwrap_or_default();
            let is_recorded = managed.hooks.values().any(|hook| hook.id == row.id);
            let on_host = url.starts_with("https://assess.example/gh/api/webhooks/greenhouse/");
            !(url.ends_with(KEY) || is_recorded && on_host)
        };
        let foreign: BTreeMap<_, _> = listed
            .iter()
            .filter(is_foreign)
            .map(|row| (row.id, row.clone()))
            .collect();

        // Every creation is settled by then.
        let now = at(1000);
        let first = plan(&base(), &sync(), &managed, &listed, now);
        prop_assert_eq!(first.foreign, foreign.len());
        let steps = first.hooks.iter().filter_map(|hook| hook.id);
        let touched = steps.chain(first.surplus.iter().map(|row| row.id));
        for id in touched {
            prop_assert!(!foreign.contains_key(&id), "{} is foreign", id);
        }
        let mut state = first.observed(&managed, now);
        carry_out(&first, &mut rows, &mut state);
        for (id, row) in &foreign {
            prop_assert_eq!(rows.get(id), Some(row));
        }

        let listed: Vec<_> = rows.values().cloned().collect();
        let second = plan(&base(), &sync(), &state, &listed, now);
        prop_assert!(second.surplus.is_empty(), "{:?}", second);
        prop_assert!(second.hooks.iter().all(|hook| hook.step == HookStep::Leave), "{:?}", second);
        let observed = second.observed(&state, now);
        prop_assert!(observed.has_same_hooks(&state), "{:?} {:?}", observed, state);

        // A removal leaves no webhook of the host.
        let (base, key) = (base(), HookKey::new(KEY));
        let owner = HookOwner::new(&base, Some(&key), &state);
        for removal in plan_removal(&owner, &listed) {
            prop_assert!(!foreign.contains_key(&removal.id));
            rows.remove(&removal.id);
        }
        let left: Vec<_> = rows.into_values().collect();
        prop_assert!(plan_removal(&owner, &left).is_empty());
    }

    /// While creations are not settled, no webhook is created for them.
    #[test]
    fn no_unsettled_creation_is_repeated(managed in any_managed(), second in 0..240_i64) {
        let plan = plan(&base(), &sync(), &managed, &[], at(second));
        for hook in plan.hooks.iter().filter(|hook| hook.step == HookStep::Create) {
            let action = hook.event.action;
            let hooks = managed.hooks.get(action).map(|hook| hook.trusted_from);
            let begun = managed.creating.get(action).map(|begun| begun.trusted_from);
            prop_assert!(hooks.max(begun).is_none_or(|until| until <= at(second)));
        }
    }
}
