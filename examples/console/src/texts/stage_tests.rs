use super::catalogue;

catalogue! {
    /// Texts of the section of the tests by stage.
    StageTestsTexts {
        title: "Tests by stage",
        lead: "When an application enters one of these stages, its candidate is invited to the test. Greenhouse reports the stage change by webhook. The result is written to the application. An application receives the test of a stage once, even if it enters the stage again. Candidates who are already in the stage are not invited.",
        none: "No stage has a test.",
        list: "Stages and their tests",
        job: "Greenhouse job",
        stage: "Stage",
        test: "Test",
        actions: "Actions",
        add_title: "Add a test",
        show_stages: "Show stages",
        stage_label: "Stage that applications enter",
        test_label: "Test to which candidates are invited",
        add: "Add test",
        no_stage: "This job has no stage.",
        no_test: "The product has no tests.",
        job_id: "ID of the Greenhouse job",
        stage_id: "ID of the stage",
        test_id: "ID of the test in the product",
        remove: "Remove",
        remove_text: "No more candidates are invited when an application enters this stage. Tests that were sent stay valid.",
        remove_confirm: "Remove test",
    }
}
