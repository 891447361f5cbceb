using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Labeler.Shared.Data.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class ChecksAndPractice : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "Check",
                table: "Votes",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<long>(
                name: "ChecksId",
                table: "Votes",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "ChecksId",
                table: "Leases",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "Check",
                table: "Items",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "GoldNote",
                table: "Items",
                type: "text",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "PracticeAnswers",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Key = table.Column<Guid>(type: "uuid", nullable: false),
                    ProjectId = table.Column<long>(type: "bigint", nullable: false),
                    AnnotatorId = table.Column<Guid>(type: "uuid", nullable: false),
                    Attempt = table.Column<int>(type: "integer", nullable: false),
                    ItemId = table.Column<long>(type: "bigint", nullable: false),
                    GroupId = table.Column<long>(type: "bigint", nullable: false),
                    Verdict = table.Column<string>(type: "text", nullable: true),
                    IsRight = table.Column<bool>(type: "boolean", nullable: false),
                    Exposed = table.Column<int>(type: "integer", nullable: false),
                    At = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_PracticeAnswers", x => x.Id);
                    table.ForeignKey(
                        name: "FK_PracticeAnswers_Items_ItemId",
                        column: x => x.ItemId,
                        principalTable: "Items",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "Qualifications",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    ProjectId = table.Column<long>(type: "bigint", nullable: false),
                    AnnotatorId = table.Column<Guid>(type: "uuid", nullable: false),
                    State = table.Column<int>(type: "integer", nullable: false),
                    Attempt = table.Column<int>(type: "integer", nullable: false),
                    TriesLeft = table.Column<int>(type: "integer", nullable: false),
                    By = table.Column<string>(type: "text", nullable: true),
                    At = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Qualifications", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Qualifications_Projects_ProjectId",
                        column: x => x.ProjectId,
                        principalTable: "Projects",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "IX_PracticeAnswers_AnnotatorId_GroupId",
                table: "PracticeAnswers",
                columns: new[] { "AnnotatorId", "GroupId" });

            migrationBuilder.CreateIndex(
                name: "IX_PracticeAnswers_ItemId",
                table: "PracticeAnswers",
                column: "ItemId");

            migrationBuilder.CreateIndex(
                name: "IX_PracticeAnswers_Key",
                table: "PracticeAnswers",
                column: "Key",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_PracticeAnswers_ProjectId_AnnotatorId_Attempt_ItemId",
                table: "PracticeAnswers",
                columns: new[] { "ProjectId", "AnnotatorId", "Attempt", "ItemId" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Qualifications_ProjectId_AnnotatorId",
                table: "Qualifications",
                columns: new[] { "ProjectId", "AnnotatorId" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "PracticeAnswers");

            migrationBuilder.DropTable(
                name: "Qualifications");

            migrationBuilder.DropColumn(
                name: "Check",
                table: "Votes");

            migrationBuilder.DropColumn(
                name: "ChecksId",
                table: "Votes");

            migrationBuilder.DropColumn(
                name: "ChecksId",
                table: "Leases");

            migrationBuilder.DropColumn(
                name: "Check",
                table: "Items");

            migrationBuilder.DropColumn(
                name: "GoldNote",
                table: "Items");
        }
    }
}
