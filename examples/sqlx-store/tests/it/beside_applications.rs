use crate::{
    beside::{self, Database},
    support::Place,
};

#[tokio::test]
async fn a_file_is_the_stores_own_or_is_refused() {
    for case in beside::cases(Database::Sqlite) {
        case.play(&Place::new()).await;
    }
}
