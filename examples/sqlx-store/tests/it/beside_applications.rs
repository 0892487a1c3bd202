use crate::{
    beside::{self, Database},
    support::Place,
};

#[tokio::test]
async fn a_file_of_another_program_is_refused() {
    for case in beside::cases(Database::Sqlite) {
        case.play(&Place::new()).await;
    }
}
