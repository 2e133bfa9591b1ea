//! `new --from`: a challenge of somebody's own project.

use std::fs;
use std::path::Path;

use crate::support::Program;

const TEMPLATE: &str = r#"AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Description: A shelf of books
Parameters:
  Reading: { Type: String, AllowedValues: [room, hall] }
Globals:
  Function: { Runtime: python3.12, Timeout: 10, CodeUri: ./src/ }
Resources:
  ListBooksFunction:
    Type: AWS::Serverless::Function
    Properties:
      Handler: books.list_all
      Environment: { Variables: { SHELF: !Ref ShelfTable, READING: !Ref Reading } }
      Policies: [{ DynamoDBReadPolicy: { TableName: !Ref ShelfTable } }]
      Events:
        All: { Type: HttpApi, Properties: { Path: /books, Method: GET } }
        One: { Type: HttpApi, Properties: { Path: "/books/{id}", Method: GET } }
  Lend:
    Type: AWS::Serverless::Function
    Properties:
      Handler: books.lend
      Events:
        Wish: { Type: SQS, Properties: { Queue: !GetAtt Wishes.Arn, BatchSize: 5 } }
  Sulk:
    Type: AWS::Serverless::Function
    Properties: { Handler: books.sulk }
  Wishes: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeout: 60 } }
  ShelfTable: { Type: AWS::Serverless::SimpleTable }
Outputs:
  Url: { Value: !Sub "https://${ServerlessHttpApi}.execute-api.${AWS::Region}.amazonaws.com" }
"#;

const CODE: &str = r#"import json
import os

import boto3


def list_all(event, context):
    table = boto3.resource("dynamodb").Table(os.environ["SHELF"])
    return {"statusCode": 200, "body": json.dumps(table.scan()["Items"])}


def lend(event, context):
    return {"batchItemFailures": []}


def sulk(event, context):
    raise RuntimeError("not before tea")
"#;

fn project(program: &Program, template: &str) -> String {
    let folder = program.home().join("shelf");
    fs::create_dir_all(folder.join("src")).unwrap();
    fs::write(folder.join("template.yml"), template).unwrap();
    fs::write(folder.join("src/books.py"), CODE).unwrap();
    fs::write(folder.join("src/requirements.txt"), "boto3\nleft-pad>=1\n").unwrap();
    folder.join("template.yml").to_str().unwrap().to_owned()
}

fn challenges(program: &Program) -> String {
    let folder = program.home().join("challenges");
    fs::create_dir_all(&folder).unwrap();
    folder.to_str().unwrap().to_owned()
}

#[test]
fn a_sam_project_becomes_a_challenge_that_is_proven_at_once() {
    let program = Program::new();
    let (template, challenges) = (project(&program, TEMPLATE), challenges(&program));
    let ended = program.run(&["new", "book-shelf", "--from", &template, "--challenges", &challenges]);
    ended.ends_with(0, &["prove book-shelf --no-mutants"]);
    assert!(ended.err.contains("left-pad") && !ended.err.contains("boto3,"), "{}", ended.err);
    let folder = Path::new(&challenges).join("book-shelf");
    assert_eq!(fs::read_to_string(folder.join("scenario/template.yaml")).unwrap(), TEMPLATE);
    assert_eq!(fs::read_to_string(folder.join("scenario/src/books.py")).unwrap(), CODE);
    let text = fs::read_to_string(folder.join("challenge.yaml")).unwrap();
    for part in [
        "http: { api: ServerlessHttpApi, method: GET, path: \"/books\" }",
        // It runs without an error; that which always fails is asked for its handler only.
        "invoke: { function: Lend, payload: {} }",
        "$.properties.Handler: \"books.sulk\"",
        "of: LendWish }",
        "Reading: \"room\"",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    program.run(&["lint", folder.to_str().unwrap()]).ends_with(0, &["valid"]);
    let ended = program.run(&["prove", folder.to_str().unwrap(), "--no-mutants"]);
    ended.ends_with(0, &["PROVEN", "list-books-function-handler", "lend-wish-off", "false rejects 0 of"]);
}

#[test]
fn what_cannot_be_a_scenario_is_refused_with_its_place_and_nothing_is_written() {
    let program = Program::new();
    let challenges = challenges(&program);
    let cases = [
        (TEMPLATE.replace("./src/", "./sources/"), 3, "there is nothing at `./sources/` beside the template"),
        (TEMPLATE.replace("./src/", "../src"), 3, "`../src` lies outside the template's folder"),
        (TEMPLATE.replace("AWS::SQS::Queue", "AWS::Batch::JobQueue"), 3, "AWS::Batch::JobQueue"),
        (TEMPLATE.replace("Handler: books.lend", "Hanlder: books.lend"), 3, "no property `Hanlder`"),
        ("Resources:\n  Shelf: { Type: AWS::Serverless::SimpleTable }\nTransform: AWS::Serverless-2016-10-31\n".to_owned(), 2, "makes no function"),
    ];
    for (template, code, words) in cases {
        let template = project(&program, &template);
        let ended = program.run(&["new", "book-shelf", "--from", &template, "--challenges", &challenges]);
        assert_eq!(ended.code, Some(code), "{words}: {}{}", ended.out, ended.err);
        assert!(ended.err.contains(words), "{words}: {}", ended.err);
        if code == 3 {
            assert!(ended.err.contains("template.yml:"), "{}", ended.err);
        }
        assert!(!Path::new(&challenges).join("book-shelf").exists(), "{words}");
    }
}
