use bytes::Bytes;
use http::{Request, StatusCode, header};

use crate::terminal::{Terminal, account};

/// A token is neither good nor bad while the database cannot be asked.
#[tokio::test]
async fn nobody_is_turned_away_for_a_token_that_cannot_be_looked_up() {
    let terminal = Terminal::new();
    assert!(terminal.apply(&account("acme")).ok);
    let host = terminal.host().await;
    let ask = |path: &str, token: &str| {
        let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
        host.handle(request.body(Bytes::new()).unwrap())
    };
    let (log, product) = (
        "/api/integrations/greenhouse/sync-log",
        "/product/assessments",
    );
    for path in [log, product] {
        assert_eq!(ask(path, "acme token").await.status(), StatusCode::OK);
        assert_eq!(
            ask(path, "another").await.status(),
            StatusCode::UNAUTHORIZED
        );
    }

    host.close().await;
    for path in [log, product] {
        for token in ["acme token", "another"] {
            let answer = ask(path, token).await;
            assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE, "{path}");
        }
    }
}

#[tokio::test]
async fn a_change_of_an_account_holds_at_once() {
    let terminal = Terminal::new();
    assert!(terminal.apply(&account("acme")).ok);
    let host = terminal.host().await;
    let ask = async |token: &str| {
        let request = Request::get("/api/integrations/greenhouse/sync-log")
            .header(header::AUTHORIZATION, format!("Bearer {token}"));
        let answer = host.handle(request.body(Bytes::new()).unwrap()).await;
        answer.status()
    };
    assert_eq!(ask("zenith token").await, StatusCode::UNAUTHORIZED);
    assert!(terminal.apply(&account("zenith")).ok);
    assert_eq!(ask("zenith token").await, StatusCode::OK);
    assert_eq!(ask("acme token").await, StatusCode::OK);
    host.close().await;
}
